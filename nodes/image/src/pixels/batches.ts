/** Batches of different lengths beside each other. */
import { HostError } from '@dicache/sdk'
import { type FloatTensor, fitBatch } from '@dicache/tensor'

/** A batch of one beside a longer one is repeated; other lengths must agree. @throws HostError WRONG_SHAPE */
export function pairBatches(a: FloatTensor, b: FloatTensor): readonly [FloatTensor, FloatTensor] {
  const [first = 0, second = 0] = [a.shape[0], b.shape[0]]
  if (first !== second && first !== 1 && second !== 1) {
    throw new HostError(
      'WRONG_SHAPE',
      `batches of ${first} and ${second} cannot be paired; make them equally long, or one of them a single picture`,
    )
  }
  const batch = Math.max(first, second)
  return [fitBatch(a, batch), fitBatch(b, batch)]
}
