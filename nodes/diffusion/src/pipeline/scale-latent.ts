/** Latents in other sizes. */
import { HostError } from '@dicache/sdk'
import { bislerpPlane, cutToAspect, type FloatTensor, type PlaneSize, resizePlane } from '@dicache/tensor'

/** Ways of scaling latents, by ComfyUI's names and in its order. */
export const LATENT_METHODS = ['nearest-exact', 'bilinear', 'area', 'bicubic', 'bislerp'] as const
export type LatentMethod = (typeof LATENT_METHODS)[number]

/** A size in latent cells, 1 or more, and how it is reached. */
export type LatentTarget = PlaneSize & {
  readonly method: LatentMethod
  readonly crop: 'disabled' | 'center'
}

/** Height and width in cells. @throws HostError WRONG_SHAPE for what is no latent of pictures. */
export function planeOf({ shape }: FloatTensor): PlaneSize {
  const [, , height = 0, width = 0] = shape
  if (shape.length !== 4 || height < 1 || width < 1) {
    throw new HostError(
      'WRONG_SHAPE',
      `[${shape.join(', ')}] is no latent of pictures: it takes [batch, channels, height, width]`,
    )
  }
  return { height, width }
}

/** Scales a latent `[B, C, H, W]`. @throws HostError WRONG_SHAPE */
export function scaleLatent(latent: FloatTensor, { method, crop, ...size }: LatentTarget): FloatTensor {
  planeOf(latent)
  const source = crop === 'center' ? cutToAspect(latent, 2, size) : latent
  if (source.data.length === 0)
    throw new HostError('WRONG_SHAPE', 'nothing is left of the latent when it is cut to the new aspect')
  return method === 'bislerp' ? bislerpPlane(source, size) : resizePlane(source, 2, { ...size, method })
}
