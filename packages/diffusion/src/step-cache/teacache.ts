/**
 * TeaCache (arXiv 2411.19108): the change of block 0's modulated input, rescaled by a polynomial to the output's change, is summed;
 * below the threshold the last residual is repeated.
 */
import type { Strategy } from './strategy.ts'

export type TeaCachePolicy = {
  readonly kind: 'teacache'
  readonly threshold: number
  /** Of the polynomial, highest power first. */
  readonly coefficients: readonly number[]
  /** Steps at the start that are always computed. The published code has 1, and forces the last. */
  readonly warmupSteps: number
  readonly forceLast: boolean
}

/** Published fits. Other families need one of their own. */
export const TEACACHE_COEFFICIENTS: Readonly<Record<'flux', readonly number[]>> = {
  flux: [498.651651, -283.781631, 55.8554382, -3.82021401, 0.264230861],
}

/** Sum of rescaled changes in float64, and whether there is a residual to repeat. */
export type TeaCacheState = { readonly acc: number; readonly anchors: 0 | 1 }

export function teacache(policy: TeaCachePolicy): Strategy<TeaCacheState, 'modulated'> {
  const computed: TeaCacheState = { acc: 0, anchors: 1 }
  return {
    start: { acc: 0, anchors: 0 },
    measure: 'modulated',
    scope: 'independent',
    keeps: { kind: 'residual' },
    batch: 'mean',
    rank: ({ change }) => change,
    decide(state, { place, seen }) {
      const forced = (reason: 'warm-up' | 'last-step' | 'no-anchor') =>
        ({ action: 'forced', reason, scalars: { accBefore: state.acc }, state: computed }) as const
      if (place.step < policy.warmupSteps) return forced('warm-up')
      if (policy.forceLast && place.step === place.steps - 1) return forced('last-step')
      if (state.anchors === 0) return forced('no-anchor')
      const indicator = polynomial(policy.coefficients, seen.change)
      const acc = state.acc + indicator
      const reuse = acc < policy.threshold
      const scalars = {
        indicator,
        accBefore: state.acc,
        accCompared: acc,
        accAfter: reuse ? acc : 0,
        extra: { change: seen.change },
      }
      if (reuse) return { action: 'reuse', reason: 'below-threshold', scalars, state: { ...state, acc } }
      const reason = Number.isNaN(acc) ? 'not-a-number' : 'above-threshold'
      return { action: 'refreshed', reason, scalars, state: computed }
    },
  }
}

/** Σ cₙ xⁿ by Horner's rule, highest power first. */
function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0)
}
