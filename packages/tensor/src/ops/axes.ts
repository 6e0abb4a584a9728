/** Moving values about: cutting, turning and joining boxes of tensors of any rank. Everything is a copy. */
import { type FloatTensor, floatTensor, sizeOf } from '../tensor.ts'

/** A tensor seen as `[outer, length, inner]` around one axis. */
export type AxisView = { readonly outer: number; readonly length: number; readonly inner: number }

/** What lies before, along and behind an axis. @throws RangeError when there is no such axis. */
export function axisView({ shape }: FloatTensor, axis: number): AxisView {
  const length = shape[axis]
  if (length === undefined) throw new RangeError(`[${shape.join(', ')}] has no axis ${axis}`)
  return { outer: sizeOf(shape.slice(0, axis)), length, inner: sizeOf(shape.slice(axis + 1)) }
}

/** A tensor of one value. */
export function full(shape: readonly number[], value: number): FloatTensor {
  const result = floatTensor(shape)
  result.data.fill(value)
  return result
}

/**
 * The entries of an axis in a new order; entries may repeat or be left out.
 * @throws RangeError for an index that is none.
 */
export function takeAlong(a: FloatTensor, axis: number, indices: readonly number[]): FloatTensor {
  const { outer, length, inner } = axisView(a, axis)
  const bad = indices.find((index) => !Number.isInteger(index) || index < 0 || index >= length)
  if (bad !== undefined) throw new RangeError(`takeAlong: the axis ${axis} has no entry ${bad}`)
  const result = floatTensor(a.shape.with(axis, indices.length))
  let to = 0
  for (let block = 0; block < outer; block++) {
    for (let k = 0; k < indices.length; k++) {
      const from = (block * length + indices[k]!) * inner
      // A loop beats subarray and set for the few channels of a pixel.
      if (inner < 16) for (let i = 0; i < inner; i++) result.data[to + i] = a.data[from + i]!
      else result.data.set(a.data.subarray(from, from + inner), to)
      to += inner
    }
  }
  return result
}

/** Entries `start … end - 1` of an axis; like Python's slices it is cut off at the ends, and may be empty. */
export function sliceAlong(a: FloatTensor, axis: number, start: number, end: number): FloatTensor {
  const { length } = axisView(a, axis)
  const first = Math.min(Math.max(start, 0), length)
  const count = Math.max(0, Math.min(end, length) - first)
  return takeAlong(
    a,
    axis,
    Array.from({ length: count }, (_, i) => first + i),
  )
}

/** An axis the other way round. */
export function flipAlong(a: FloatTensor, axis: number): FloatTensor {
  const { length } = axisView(a, axis)
  return takeAlong(
    a,
    axis,
    Array.from({ length }, (_, i) => length - 1 - i),
  )
}

/** Two axes that are next to each other change places: `[…, A, B, …]` → `[…, B, A, …]`. */
export function swapAxes(a: FloatTensor, axis: number): FloatTensor {
  const { outer, length: rows } = axisView(a, axis)
  const { length: columns, inner } = axisView(a, axis + 1)
  const result = floatTensor(a.shape.with(axis, columns).with(axis + 1, rows))
  let to = 0
  for (let block = 0; block < outer; block++) {
    for (let column = 0; column < columns; column++) {
      for (let row = 0; row < rows; row++) {
        const from = ((block * rows + row) * columns + column) * inner
        for (let i = 0; i < inner; i++) result.data[to + i] = a.data[from + i]!
        to += inner
      }
    }
  }
  return result
}

/**
 * Writes a tensor into a larger one of the same rank.
 * @param at - where its first value goes, one index an axis
 * @throws RangeError when it does not fit in there.
 */
export function pasteInto(target: FloatTensor, source: FloatTensor, at: readonly number[]): void {
  const { shape } = source
  const fits =
    shape.length === target.shape.length &&
    at.length === shape.length &&
    shape.every((extent, axis) => at[axis]! >= 0 && at[axis]! + extent <= target.shape[axis]!)
  if (!fits) {
    throw new RangeError(
      `pasteInto: [${shape.join(', ')}] at [${at.join(', ')}] does not fit into [${target.shape.join(', ')}]`,
    )
  }
  if (source.data.length === 0) return
  const rank = shape.length
  const width = shape[rank - 1] ?? 1
  for (let row = 0; row * width < source.data.length; row++) {
    let rest = row
    let to = at[rank - 1] ?? 0
    let stride = target.shape[rank - 1] ?? 1
    for (let axis = rank - 2; axis >= 0; axis--) {
      const extent = shape[axis]!
      to += ((rest % extent) + at[axis]!) * stride
      rest = Math.floor(rest / extent)
      stride *= target.shape[axis]!
    }
    target.data.set(source.data.subarray(row * width, (row + 1) * width), to)
  }
}

/** A batch of a size: its first rows, or the whole repeated until there are enough (as ComfyUI pairs batches). */
export function fitBatch(a: FloatTensor, batch: number): FloatTensor {
  const { length } = axisView(a, 0)
  if (length === batch) return a
  if (length === 0) throw new RangeError('fitBatch: an empty batch cannot be repeated')
  return takeAlong(
    a,
    0,
    Array.from({ length: batch }, (_, i) => i % length),
  )
}
