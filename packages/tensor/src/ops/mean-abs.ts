/** Means of absolute values, accumulated in float64: what step caches decide by. */
import type { FloatTensor } from '../tensor.ts'
import { assertSameShape } from './same-shape.ts'

/** mean |a| over all elements; NaN for an empty tensor. */
export function meanAbs(a: FloatTensor): number {
  let sum = 0
  for (let i = 0; i < a.data.length; i++) sum += Math.abs(a.data[i]!)
  return sum / a.data.length
}

/** mean |a - b| over all elements; NaN for empty tensors. @throws RangeError when the shapes differ. */
export function meanAbsDifference(a: FloatTensor, b: FloatTensor): number {
  assertSameShape('meanAbsDifference', a, b)
  let sum = 0
  for (let i = 0; i < a.data.length; i++) sum += Math.abs(a.data[i]! - b.data[i]!)
  return sum / a.data.length
}
