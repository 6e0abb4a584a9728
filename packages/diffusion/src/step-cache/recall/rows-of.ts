import { batchView, type FloatTensor } from '@dicache/tensor'
import type { SampleRange } from '../split-forward.ts'

/** Samples of a stack as a view; the stack itself where they are all of it. */
export function rowsOf(tensor: FloatTensor, { start, count }: SampleRange): FloatTensor {
  return start === 0 && count === tensor.shape[0] ? tensor : batchView(tensor, start, start + count)
}
