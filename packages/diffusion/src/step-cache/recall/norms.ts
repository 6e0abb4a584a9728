/** How large each token's residual is, and its ratio to the evaluation before: what MagCache is calibrated with. */
import type { FloatTensor } from '@dicache/tensor'
import type { Recall } from './recall.ts'

/** Published: keeps a token without residual from dividing by zero. */
const EPSILON = 1e-8

/** All branches of the lane are computed at every evaluation. */
export function createNorms(): Recall {
  let before: readonly number[] | undefined

  return {
    needsProbe: true,
    factsOf({ range: { samples }, deep }) {
      if (before === undefined) return { residualRatio: 1 }
      const now = tokenNorms(deep.residual)
      const first = samples.start * (now.length / samples.count)
      const old = before.slice(first, first + now.length)
      const ratios = now.map((norm, n) => norm / ((old[n] ?? Number.NaN) + EPSILON))
      return { residualRatio: ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length }
    },
    remember({ deep }) {
      before = tokenNorms(deep.residual)
    },
    answer: () => Promise.reject(new RangeError('step cache: a calibration reuses nothing')),
    forget() {
      before = undefined
    },
    held: () => [],
  }
}

/** [B, L, C] → B·L norms. */
function tokenNorms({ shape, data }: FloatTensor): readonly number[] {
  const channels = shape.at(-1) ?? 1
  return Array.from({ length: data.length / channels }, (_, token) => {
    const row = data.subarray(token * channels, (token + 1) * channels)
    return Math.sqrt(row.reduce((sum, value) => sum + value * value, 0))
  })
}
