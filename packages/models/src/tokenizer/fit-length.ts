/** How pipelines bring token ids to a length: what is cut, what is filled up. */
import type { TensorOf } from '@dicache/tensor'

/** The tokens that a fixed-length row needs. */
export type RowTokens = { readonly length: number; readonly endId: number; readonly padId: number }

/**
 * One row of `length` ids from a text's ids with their end token: longer texts are cut and keep the end token last, shorter ones are
 * filled with the padding token. FLUX's rule for both of its text encoders (T5: 512, 256 or the file's own length; CLIP: 77).
 */
export function fitRow(ids: readonly number[], { length, endId, padId }: RowTokens): readonly number[] {
  if (length < 1) throw new RangeError(`a row of ${length} tokens has no place for the end token`)
  if (ids.length > length) return [...ids.slice(0, length - 1), endId]
  return [...ids, ...Array.from({ length: length - ids.length }, () => padId)]
}

/** Rows of equal length as int32 [rows, length]. */
export function stackIds(rows: readonly (readonly number[])[]): TensorOf<'int32'> {
  const length = rows.at(0)?.length ?? 0
  const data = new Int32Array(rows.length * length)
  for (const [index, row] of rows.entries()) {
    if (row.length !== length)
      throw new RangeError(`row ${index} has ${row.length} tokens, the first ${length}`)
    data.set(row, index * length)
  }
  return { dtype: 'int32', shape: [rows.length, length], data }
}
