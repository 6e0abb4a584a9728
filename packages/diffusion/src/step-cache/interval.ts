/** Compute every k-th step and repeat the last residual in between: the cache that anyone has, and that the others must beat. */
import type { Strategy } from './strategy.ts'

export type IntervalPolicy = {
  readonly kind: 'interval'
  /** Every how many steps one is computed; 1 computes all. */
  readonly every: number
  /** Steps at the start that are always computed; the count begins after them. */
  readonly warmupSteps: number
  readonly forceLast: boolean
}

export type IntervalState = { readonly anchors: 0 | 1 }

export function interval(policy: IntervalPolicy): Strategy<IntervalState, 'none'> {
  const { every, warmupSteps, forceLast } = policy
  return {
    start: { anchors: 0 },
    measure: 'none',
    scope: 'independent',
    keeps: { kind: 'residual' },
    batch: 'mean',
    rank: () => 0,
    decide(state, { place: { step, steps } }) {
      const forced = (reason: 'warm-up' | 'last-step' | 'no-anchor') =>
        ({ action: 'forced', reason, scalars: {}, state: { anchors: 1 } }) as const
      if (step < warmupSteps) return forced('warm-up')
      if (forceLast && step === steps - 1) return forced('last-step')
      if (state.anchors === 0) return forced('no-anchor')
      const computed = (step - warmupSteps) % every === 0
      return { action: computed ? 'refreshed' : 'reuse', reason: 'schedule', scalars: {}, state }
    },
  }
}
