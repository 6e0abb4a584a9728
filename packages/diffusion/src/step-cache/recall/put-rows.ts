/** Keeps rows of a stack in one tensor, so that neighbours can be read together without a copy. */
import { type FloatTensor, floatTensor } from '@dicache/tensor'
import type { SampleRange } from '../split-forward.ts'

/**
 * The store with `rows` replaced by `value` [rows, …]. A value for all `total` rows becomes the store; else it is written into the store,
 * which nobody else may hold.
 */
export function putRows(
  store: FloatTensor | undefined,
  value: FloatTensor,
  at: { readonly rows: SampleRange; readonly total: number },
): FloatTensor {
  if (at.rows.count === at.total) return value
  const [, ...inner] = value.shape
  const target = store ?? floatTensor([at.total, ...inner])
  target.data.set(value.data, at.rows.start * (value.data.length / at.rows.count))
  return target
}
