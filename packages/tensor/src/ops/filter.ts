/** Filters over neighbours: weighted sums, smallest and largest values. */
import { type FloatTensor, floatTensor } from '../tensor.ts'
import { axisView } from './axes.ts'

/** What lies beyond the ends: the values mirrored without their last one (`reflect`), the last one (`edge`), or 0. */
export type Border = 'reflect' | 'edge' | 'zero'

/**
 * Sums of neighbours along an axis, weighted by a kernel of odd length around each value.
 * @throws RangeError for a kernel of even length.
 */
export function convolveAlong(
  a: FloatTensor,
  axis: number,
  { kernel, border }: { readonly kernel: readonly number[]; readonly border: Border },
): FloatTensor {
  if (kernel.length % 2 === 0) throw new RangeError('convolveAlong: the kernel has no middle')
  const reach = (kernel.length - 1) / 2
  const { outer, length, inner } = axisView(a, axis)
  const result = floatTensor(a.shape)
  for (let at = 0; at < length; at++) {
    for (let block = 0; block < outer; block++) {
      const start = block * length * inner
      for (let i = 0; i < inner; i++) {
        let sum = 0
        for (let k = 0; k < kernel.length; k++) {
          const from = placeIn(length, at + k - reach, border)
          if (from >= 0) sum += kernel[k]! * a.data[start + from * inner + i]!
        }
        result.data[start + at * inner + i] = sum
      }
    }
  }
  return result
}

/**
 * The largest (or smallest) value among each pixel and its neighbours: the four beside it, or all eight.
 * @param a - `[B, H, W]`; beyond the border lies the pixel's own edge
 */
export function spread(
  a: FloatTensor,
  { largest, corners }: { readonly largest: boolean; readonly corners: boolean },
): FloatTensor {
  const [batch = 0, height = 0, width = 0] = a.shape
  const pick = largest ? Math.max : Math.min
  const result = floatTensor(a.shape)
  const { data } = a
  let at = 0
  for (let block = 0; block < batch; block++) {
    for (let y = 0; y < height; y++) {
      const middle = (block * height + y) * width
      const above = y > 0 ? middle - width : middle
      const below = y < height - 1 ? middle + width : middle
      for (let x = 0; x < width; x++) {
        const left = x > 0 ? x - 1 : x
        const right = x < width - 1 ? x + 1 : x
        let value = pick(
          data[middle + x]!,
          data[above + x]!,
          data[below + x]!,
          data[middle + left]!,
          data[middle + right]!,
        )
        if (corners) {
          value = pick(
            value,
            data[above + left]!,
            data[above + right]!,
            data[below + left]!,
            data[below + right]!,
          )
        }
        result.data[at++] = value
      }
    }
  }
  return result
}

/** The index that stands for one beyond the ends of an axis; -1 for a zero. */
function placeIn(length: number, index: number, border: Border): number {
  if (index >= 0 && index < length) return index
  if (border === 'zero') return -1
  if (border === 'edge' || length === 1) return index < 0 ? 0 : length - 1
  const period = 2 * (length - 1)
  const folded = ((index % period) + period) % period
  return folded < length ? folded : period - folded
}
