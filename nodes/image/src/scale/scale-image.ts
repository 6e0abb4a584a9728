/** Scales a batch of pictures as ComfyUI does. */
import { HostError } from '@dicache/sdk'
import { batchView, concat, type FloatTensor, floatTensor, fromBytes, toBytes } from '@dicache/tensor'
import { axisTaps, type FloatMethod } from './axis-taps.ts'
import { lanczos } from './lanczos.ts'
import { resampleInto } from './resample.ts'

/** Ways of scaling, by ComfyUI's names and in its order. */
export const SCALE_METHODS = ['nearest-exact', 'bilinear', 'area', 'bicubic', 'lanczos'] as const
export type ScaleMethod = (typeof SCALE_METHODS)[number]

/** `center` cuts the middle of the target's aspect out before scaling; `disabled` stretches. */
export const CROPS = ['disabled', 'center'] as const
export type Crop = (typeof CROPS)[number]

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
  const [batch, height, width, channels] = pictureShape(source)
  const { widthPx, heightPx, method } = target
  if (width === widthPx && height === heightPx) return source
  if (method === 'lanczos') return lanczosBatch(source, target)
  const wide = alongAxis(source.data, method, {
    axis: { outer: batch * height, length: width, inner: channels },
    to: widthPx,
  })
  const data = alongAxis(wide, method, {
    axis: { outer: batch, length: height, inner: widthPx * channels },
    to: heightPx,
  })
  return floatTensor([batch, heightPx, widthPx, channels], data)
}

/** Batch, height, width and channels. @throws HostError WRONG_SHAPE unless there are four extents of 1 or more. */
export function pictureShape({ shape }: FloatTensor): readonly [number, number, number, number] {
  const [batch = 0, height = 0, width = 0, channels = 0] = shape
  if (shape.length !== 4 || Math.min(batch, height, width, channels) < 1) {
    throw new HostError(
      'WRONG_SHAPE',
      `[${shape.join(', ')}] is no batch of pictures: it takes [batch, height, width, channels]`,
    )
  }
  return [batch, height, width, channels]
}

/** Whole numbers as Python rounds: halves to the even neighbour. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value)
  const part = value - floor
  return part > 0.5 || (part === 0.5 && floor % 2 !== 0) ? floor + 1 : floor
}

function alongAxis(
  data: Float32Array,
  method: FloatMethod,
  { axis, to }: { readonly axis: Parameters<typeof resampleInto>[2]; readonly to: number },
): Float32Array {
  if (axis.length === to) return data
  const target = new Float32Array(axis.outer * to * axis.inner)
  return resampleInto(target, data, axis, { taps: axisTaps(method, axis.length, to) })
}

function cropCentre(image: FloatTensor, { widthPx, heightPx }: ScaleTarget): FloatTensor {
  const [batch, height, width, channels] = pictureShape(image)
  const is = width / height
  const wanted = widthPx / heightPx
  const left = is > wanted ? roundHalfEven((width - width * (wanted / is)) / 2) : 0
  const top = is < wanted ? roundHalfEven((height - height * (is / wanted)) / 2) : 0
  if (left === 0 && top === 0) return image
  const cut = { height: height - 2 * top, width: width - 2 * left }
  if (cut.height < 1 || cut.width < 1) {
    throw new HostError(
      'WRONG_SHAPE',
      `nothing is left of ${width} × ${height} pixels when they are cut to the aspect of ${widthPx} × ${heightPx}`,
    )
  }
  const result = floatTensor([batch, cut.height, cut.width, channels])
  const row = cut.width * channels
  for (let index = 0; index < batch * cut.height; index += 1) {
    const y = Math.floor(index / cut.height) * height + top + (index % cut.height)
    const from = (y * width + left) * channels
    result.data.set(image.data.subarray(from, from + row), index * row)
  }
  return result
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
