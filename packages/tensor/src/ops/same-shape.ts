/** The one precondition that all elementwise kernels share. */
import type { FloatTensor } from '../tensor.ts'

/**
 * Makes sure that tensors can be combined element by element.
 * @throws RangeError when a shape differs from the first tensor's.
 */
export function assertSameShape(what: string, first: FloatTensor, ...others: readonly FloatTensor[]): void {
  for (const other of others) {
    const equal =
      other.shape.length === first.shape.length &&
      other.shape.every((extent, axis) => extent === first.shape[axis])
    if (!equal) {
      throw new RangeError(
        `${what}: shapes [${first.shape.join(', ')}] and [${other.shape.join(', ')}] differ`,
      )
    }
  }
}
