/** The taps of the scaling methods that work on floats, for one axis. Pixel centres lie at i + 0.5. */
import type { Taps } from './resample.ts'

/** Methods of scaling on floats, by ComfyUI's names. */
export type FloatMethod = 'nearest-exact' | 'bilinear' | 'area' | 'bicubic'

/** The taps of every output along an axis that goes from `from` to `to` values. Nothing is antialiased but `area`. */
export function axisTaps(method: FloatMethod, from: number, to: number): readonly Taps[] {
  // PyTorch holds the ratio and the positions in float32: nearest-exact picks by them.
  const ratio = Math.fround(from / to)
  const position = (out: number): number => Math.fround(Math.fround(ratio * (out + 0.5)) - 0.5)
  return Array.from({ length: to }, (_, out): Taps => {
    switch (method) {
      case 'nearest-exact': {
        const index = Math.floor(Math.fround(ratio * (out + 0.5)))
        return { indices: [Math.min(index, from - 1)], weights: [1] }
      }
      case 'bilinear': {
        const at = Math.max(0, position(out))
        const index = Math.min(Math.floor(at), from - 1)
        const part = Math.min(at - index, 1)
        return { indices: [index, Math.min(index + 1, from - 1)], weights: [1 - part, part] }
      }
      case 'bicubic': {
        const at = position(out)
        const index = Math.floor(at)
        return {
          indices: [-1, 0, 1, 2].map((step) => Math.min(Math.max(index + step, 0), from - 1)),
          weights: [-1, 0, 1, 2].map((step) => cubic(Math.abs(at - index - step))),
        }
      }
      case 'area': {
        const start = Math.floor((out * from) / to)
        const end = Math.ceil(((out + 1) * from) / to)
        const count = end - start
        return {
          indices: Array.from({ length: count }, (_none, k) => start + k),
          weights: Array.from({ length: count }, () => 1 / count),
        }
      }
    }
  })
}

const A = -0.75

/** Keys' cubic convolution kernel with a = -0.75, for a distance of 0..2. */
function cubic(distance: number): number {
  return distance <= 1
    ? ((A + 2) * distance - (A + 3)) * distance ** 2 + 1
    : A * (((distance - 5) * distance + 8) * distance - 4)
}
