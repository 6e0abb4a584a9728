/** Cutting tensors along the batch axis without a copy, and joining them along any axis. */
import { type FloatTensor, floatTensor, sizeOf } from '../tensor.ts'

/**
 * Entries `start … end - 1` of the first axis as a view: the result shares memory with `a`.
 * @throws RangeError when the range is empty or outside the axis.
 */
export function batchView(a: FloatTensor, start: number, end: number = start + 1): FloatTensor {
  const [batch, ...inner] = a.shape
  if (batch === undefined || !(start >= 0 && end > start && end <= batch)) {
    throw new RangeError(
      `batchView: ${start}…${end} is no range of the first axis of [${a.shape.join(', ')}]`,
    )
  }
  const row = sizeOf(inner)
  return floatTensor([end - start, ...inner], a.data.subarray(start * row, end * row))
}

/**
 * Joins tensors along an axis; all other extents must be equal. The result is a copy.
 * @param axis - may be negative, counted from the end
 * @throws RangeError when there is no tensor, no such axis, or another extent differs.
 */
export function concat(tensors: readonly FloatTensor[], axis = 0): FloatTensor {
  const [first] = tensors
  if (first === undefined) throw new RangeError('concat: there is no tensor to join')
  const rank = first.shape.length
  const at = axis < 0 ? axis + rank : axis
  if (!(at >= 0 && at < rank)) throw new RangeError(`concat: [${first.shape.join(', ')}] has no axis ${axis}`)
  for (const { shape } of tensors) {
    if (shape.length !== rank || shape.some((extent, i) => i !== at && extent !== first.shape[i])) {
      throw new RangeError(
        `concat: [${first.shape.join(', ')}] and [${shape.join(', ')}] do not join along axis ${axis}`,
      )
    }
  }
  const total = tensors.reduce((sum, { shape }) => sum + shape[at]!, 0)
  const outer = sizeOf(first.shape.slice(0, at))
  const result = floatTensor(first.shape.with(at, total))
  let offset = 0
  for (let block = 0; block < outer; block++) {
    for (const { data } of tensors) {
      const width = data.length / outer
      result.data.set(data.subarray(block * width, (block + 1) * width), offset)
      offset += width
    }
  }
  return result
}
