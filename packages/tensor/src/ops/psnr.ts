/** Mean squared error and peak signal-to-noise ratio of two images with values 0..1. */
import type { FloatTensor } from '../tensor.ts'
import { assertSameShape } from './same-shape.ts'

/** mean (a - b)² over all pixels and channels, in float64. @throws RangeError when the shapes differ. */
export function meanSquaredError(a: FloatTensor, b: FloatTensor): number {
  assertSameShape('meanSquaredError', a, b)
  let sum = 0
  for (let i = 0; i < a.data.length; i++) {
    const difference = a.data[i]! - b.data[i]!
    sum += difference * difference
  }
  return sum / a.data.length
}

/**
 * Peak signal-to-noise ratio in dB for a data range of 1; infinite for equal images.
 * @throws RangeError when the shapes differ.
 */
export function psnr(a: FloatTensor, b: FloatTensor): number {
  return -10 * Math.log10(meanSquaredError(a, b))
}
