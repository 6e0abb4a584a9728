/** Elementwise functions of a caller's own, and mixing by a mask. */
import { type FloatTensor, floatTensor } from '../tensor.ts'
import { assertSameShape } from './same-shape.ts'

/** `f` of every element, computed in float64 and rounded to float32. */
export function mapValues(a: FloatTensor, f: (value: number) => number): FloatTensor {
  return floatTensor(a.shape, a.data.map(f))
}

/** `f` of the elements of two tensors, computed in float64 and rounded to float32. @throws RangeError when the shapes differ. */
export function zipValues(a: FloatTensor, b: FloatTensor, f: (a: number, b: number) => number): FloatTensor {
  assertSameShape('zipValues', a, b)
  const result = floatTensor(a.shape)
  for (let i = 0; i < result.data.length; i++) result.data[i] = f(a.data[i]!, b.data[i]!)
  return result
}

/**
 * `source` where the mask is 1, `target` where it is 0: mask·source + (1 − mask)·target.
 * @param mask - the shape of both, or the same with one or no last axis (a mask of pixels with channels)
 * @throws RangeError when the shapes do not fit.
 */
export function mixByMask(target: FloatTensor, source: FloatTensor, mask: FloatTensor): FloatTensor {
  assertSameShape('mixByMask', target, source)
  const channels = target.data.length / mask.data.length
  if (target.data.length > 0 && !(channels === 1 || channels === target.shape.at(-1))) {
    throw new RangeError(
      `mixByMask: a mask of [${mask.shape.join(', ')}] does not fit [${target.shape.join(', ')}]`,
    )
  }
  const result = floatTensor(target.shape)
  for (let i = 0; i < result.data.length; i++) {
    const share = mask.data[Math.floor(i / channels)]!
    result.data[i] =
      Math.fround(share * source.data[i]!) + Math.fround(Math.fround(1 - share) * target.data[i]!)
  }
  return result
}
