/** Input and output of the last computed evaluation: a reused one is x + (out − x) of it, and runs nothing. */
import { add, type FloatTensor, meanAbs, meanAbsDifference, subtract } from '@dicache/tensor'
import { rowsOf } from './rows-of.ts'
import type { Recall } from './recall.ts'

type Kept = { readonly x: FloatTensor; readonly out: FloatTensor; readonly step: FloatTensor }

/** All branches of the lane are computed, or reused, together: one decision is made for all. */
export function createInput(): Recall {
  let kept: Kept | undefined

  return {
    needsProbe: false,
    factsOf: ({ range, deep }) => ({
      outMagnitude: meanAbs(deep.out),
      outChange:
        kept === undefined ? undefined : meanAbsDifference(deep.out, rowsOf(kept.out, range.samples)),
    }),
    remember({ x, deep }) {
      kept = { x, out: deep.out, step: subtract(deep.out, x) }
    },
    async answer({ x }) {
      if (kept === undefined) throw new RangeError('step cache: reuse without a computed step')
      return { out: add(x, kept.step), action: 'zero-order', part: 'nothing' }
    },
    inputChange: ({ samples }, x) =>
      kept === undefined ? undefined : meanAbsDifference(x, rowsOf(kept.x, samples)),
    forget() {
      kept = undefined
    },
    held: () => (kept === undefined ? [] : [kept.x, kept.out, kept.step]),
  }
}
