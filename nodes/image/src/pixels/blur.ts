/** Gaussian blur as ComfyUI's blur and sharpen nodes have it. */
import { convolveAlong, type FloatTensor } from '@dicache/tensor'

/** How far a blur reaches, in pixels, and how wide its bell is: sigma in units of the radius. */
export type Blur = { readonly radiusPx: number; readonly sigma: number }

/** Blurs pictures `[B, H, W, C]`; beyond the border they are mirrored. */
export function blurImage(image: FloatTensor, { radiusPx, sigma }: Blur): FloatTensor {
  const places = Array.from({ length: 2 * radiusPx + 1 }, (_, i) => i / radiusPx - 1)
  const bell = places.map((x) => Math.exp(-(x ** 2) / (2 * sigma ** 2)))
  const total = bell.reduce((sum, height) => sum + height, 0)
  const filter = { kernel: bell.map((height) => height / total), border: 'reflect' } as const
  return convolveAlong(convolveAlong(image, 1, filter), 2, filter)
}
