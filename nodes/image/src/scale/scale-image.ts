/** Scales a batch of pictures as ComfyUI does. */
import { HostError } from '@dicache/sdk'
import {
  batchView,
  concat,
  cutToAspect,
  type FloatTensor,
  fromBytes,
  resizePlane,
  toBytes,
} from '@dicache/tensor'
import { pictureShape } from '../pixels/shapes.ts'
import { lanczos } from './lanczos.ts'

/** Ways of scaling, by ComfyUI's names and in its order. */
export const SCALE_METHODS = ['nearest-exact', 'bilinear', 'area', 'bicubic', 'lanczos'] as const
export type ScaleMethod = (typeof SCALE_METHODS)[number]

/** `center` cuts the middle of the target's aspect out before scaling; `disabled` stretches. */
export const CROPS = ['disabled', 'center'] as const
export type Crop = (typeof CROPS)[number]

/** The axis of the height in `[B, H, W, C]`; the width's is the next one. */
const HEIGHT_AXIS = 1

/** What a batch shall become. Pixels, 1 or more. */
export type ScaleTarget = {
  readonly widthPx: number
  readonly heightPx: number
  readonly method: ScaleMethod
  readonly crop: Crop
}

/**
 * Scales a batch. Values are not clipped; only `lanczos` goes through 8 bits.
 * @param image float32 `[B, H, W, C]`
 * @returns float32 `[B, heightPx, widthPx, C]`
 * @throws HostError WRONG_SHAPE for what is no batch of pictures.
 */
export function scaleImage(image: FloatTensor, target: ScaleTarget): FloatTensor {
  const source = target.crop === 'center' ? cropCentre(image, target) : image
  const [, height, width] = pictureShape(source)
  const { widthPx, heightPx, method } = target
  if (width === widthPx && height === heightPx) return source
  return method === 'lanczos'
    ? lanczosBatch(source, target)
    : resizePlane(source, HEIGHT_AXIS, { height: heightPx, width: widthPx, method })
}

function cropCentre(image: FloatTensor, { widthPx, heightPx }: ScaleTarget): FloatTensor {
  const [, height, width] = pictureShape(image)
  const cut = cutToAspect(image, HEIGHT_AXIS, { height: heightPx, width: widthPx })
  if (cut.data.length === 0) {
    throw new HostError(
      'WRONG_SHAPE',
      `nothing is left of ${width} × ${height} pixels when they are cut to the aspect of ${widthPx} × ${heightPx}`,
    )
  }
  return cut
}

function lanczosBatch(image: FloatTensor, { widthPx, heightPx }: ScaleTarget): FloatTensor {
  const [batch, height, width, channels] = pictureShape(image)
  const pictures = Array.from({ length: batch }, (_, index) => {
    const { data: bytes } = toBytes(batchView(image, index))
    const scaled = lanczos({ widthPx: width, heightPx: height, channels, bytes }, { widthPx, heightPx })
    return fromBytes({ dtype: 'uint8', shape: [1, heightPx, widthPx, channels], data: scaled.bytes })
  })
  return concat(pictures)
}
