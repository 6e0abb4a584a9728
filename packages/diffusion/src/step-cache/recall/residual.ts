/** The newest computed evaluation's residual: of all blocks, onto fresh embeddings, or of the blocks behind the probe, onto its fresh tokens. */
import { type FloatTensor, subtract } from '@dicache/tensor'
import type { SplitForward } from '../split-forward.ts'
import { putRows } from './put-rows.ts'
import { rowsOf } from './rows-of.ts'
import type { Recall } from './recall.ts'

/** `residual`: h0 + R₁. `tail`: hm + (R₁ − P₁), with P₁ kept to be compared with. */
export function createResidual(kind: 'residual' | 'tail', split: SplitForward, total: number): Recall {
  let added: FloatTensor | undefined
  let compared: FloatTensor | undefined

  return {
    needsProbe: true,
    remember({ range: { samples: rows }, deep }) {
      const at = { rows, total }
      if (kind === 'tail') compared = putRows(compared, deep.probeResidual, at)
      const value = kind === 'tail' ? subtract(deep.residual, deep.probeResidual) : deep.residual
      added = putRows(added, value, at)
    },
    async answer({ range: { samples }, probe }) {
      if (added === undefined || probe === undefined)
        throw new RangeError('step cache: reuse without a computed step')
      const base = kind === 'tail' ? probe.hm : probe.h0
      const tokens = { base: rowsOf(base, samples), residual: rowsOf(added, samples) }
      return { out: await split.head(probe, samples, tokens), action: 'zero-order', part: 'head' }
    },
    compared: () => compared,
    forget() {
      added = undefined
      compared = undefined
    },
    held: () => [added, compared].filter((tensor) => tensor !== undefined),
  }
}
