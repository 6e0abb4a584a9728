/**
 * First-block cache: how far the first block's residual is from the last computed evaluation's. Nothing is summed up; on a hit the rest
 * of the blocks' residual is added to the fresh tokens.
 */
import type { Strategy } from './strategy.ts'

export type FbCachePolicy = {
  readonly kind: 'fbcache'
  /** Computed when the change is above it. */
  readonly threshold: number
  /** The published code has none of these: 0, false, no limit. */
  readonly warmupSteps: number
  readonly forceLast: boolean
  readonly maxConsecutive: number
}

export type FbCacheState = { readonly anchors: 0 | 1; readonly consecutive: number }

export function fbcache(policy: FbCachePolicy): Strategy<FbCacheState, 'residual'> {
  const computed: FbCacheState = { anchors: 1, consecutive: 0 }
  return {
    start: { anchors: 0, consecutive: 0 },
    measure: 'residual',
    scope: 'independent',
    keeps: { kind: 'tail' },
    batch: 'mean',
    rank: ({ change }) => change,
    decide(state, { place, seen: { change } }) {
      const forced = (reason: 'warm-up' | 'last-step' | 'no-anchor') =>
        ({ action: 'forced', reason, scalars: {}, state: computed }) as const
      if (state.anchors === 0) return forced('no-anchor')
      if (place.step < policy.warmupSteps) return forced('warm-up')
      if (policy.forceLast && place.step === place.steps - 1) return forced('last-step')
      const scalars = { indicator: change, accCompared: change }
      const near = change <= policy.threshold
      if (near && state.consecutive < policy.maxConsecutive) {
        const next = { ...state, consecutive: state.consecutive + 1 }
        return { action: 'reuse', reason: 'below-threshold', scalars, state: next }
      }
      const reason = near ? 'max-consecutive' : Number.isNaN(change) ? 'not-a-number' : 'above-threshold'
      return { action: 'refreshed', reason, scalars, state: computed }
    },
  }
}
