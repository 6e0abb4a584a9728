/**
 * TaylorSeer (arXiv 2503.06923): every k-th step is computed; between them a feature is forecast by a Taylor series whose derivatives are
 * divided differences of the computed steps.
 */
import type { Strategy } from './strategy.ts'

export type TaylorSeerPolicy = {
  readonly kind: 'taylorseer'
  /** Every how many steps one is computed. */
  readonly every: number
  readonly order: 1 | 2
  /** `output`: the velocity is forecast and nothing runs. `hidden`: the last tokens are, and the head runs on them. */
  readonly of: 'output' | 'hidden'
  /** Steps at the start that are always computed. The step after them is a forecast already, as in the published code. */
  readonly warmupSteps: number
}

/** Time of the evaluation that was computed last, and how many terms of the series are known (0: nothing is kept). */
export type TaylorSeerState = { readonly last: number; readonly terms: number }

export function taylorseer(policy: TaylorSeerPolicy): Strategy<TaylorSeerState, 'none'> {
  const { every, order, of, warmupSteps } = policy
  return {
    start: { last: 0, terms: 0 },
    measure: 'none',
    scope: 'independent',
    keeps: { kind: 'forecast', of, order },
    batch: 'mean',
    rank: () => 0,
    decide(state, { place: { step, time } }) {
      const warmup = step < warmupSteps
      const due = (step - warmupSteps - 1) % every === 0
      if (!warmup && !due && state.terms > 0) {
        const extra = { offset: time - state.last, orders: state.terms }
        return { action: 'reuse', reason: 'schedule', scalars: { extra }, state }
      }
      const terms = Math.min(state.terms + 1, order + 1)
      return {
        action: due && !warmup && state.terms > 0 ? 'refreshed' : 'forced',
        reason: warmup ? 'warm-up' : state.terms === 0 ? 'no-anchor' : 'schedule',
        scalars: { extra: { offset: 0, orders: terms } },
        state: { last: time, terms },
      }
    },
  }
}
