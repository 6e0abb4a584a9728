/**
 * MagCache (arXiv 2506.09045): the residual's size changes from step to step in a way that depends little on the prompt, so it is
 * measured once. Below the accumulated error of those ratios the last residual is repeated.
 */
import type { Strategy } from './strategy.ts'

export type MagCachePolicy = {
  readonly kind: 'magcache'
  /** Reused while the accumulated |1 − product of ratios| is at most this. */
  readonly threshold: number
  /** Ratio of the residual's size to the one before, one an evaluation; the first is 1. From a calibration run. */
  readonly ratios: readonly number[]
  /** Share of the steps at the start that is always computed. */
  readonly retention: number
  /** Most reused evaluations in a row. */
  readonly maxSkips: number
}

/** Computes every step and measures the ratios; see {@link ratiosOf}. */
export type MagCacheCalibrationPolicy = { readonly kind: 'magcache-calibration' }

/** Since the last computed evaluation: product of the ratios, sum of its distances from 1, and how many were reused. */
export type MagCacheState = {
  readonly product: number
  readonly error: number
  readonly consecutive: number
  readonly anchors: 0 | 1
}

const COMPUTED: MagCacheState = { product: 1, error: 0, consecutive: 0, anchors: 1 }

/** @throws RangeError when the policy has no ratios. */
export function magcache(policy: MagCachePolicy): Strategy<MagCacheState, 'none'> {
  if (policy.ratios.length === 0) {
    throw new RangeError('MagCache needs the ratios of this model: run a calibration first')
  }
  return {
    start: { ...COMPUTED, anchors: 0 },
    measure: 'none',
    scope: 'independent',
    keeps: { kind: 'residual' },
    batch: 'mean',
    rank: () => 0,
    decide(state, { place }) {
      const retained = place.step < roundHalfEven(policy.retention * place.steps)
      if (retained || state.anchors === 0) {
        const reason = retained ? 'warm-up' : 'no-anchor'
        return { action: 'forced', reason, scalars: { accBefore: state.error }, state: COMPUTED }
      }
      const ratio = policy.ratios[place.evaluation] ?? policy.ratios.at(-1) ?? 1
      const product = state.product * ratio
      const indicator = Math.abs(1 - product)
      const error = state.error + indicator
      const near = error <= policy.threshold
      const reuse = near && state.consecutive < policy.maxSkips
      const scalars = {
        indicator,
        accBefore: state.error,
        accCompared: error,
        accAfter: reuse ? error : 0,
        extra: { ratio, consecutive: reuse ? state.consecutive + 1 : 0 },
      }
      if (reuse) {
        const next = { ...state, product, error, consecutive: state.consecutive + 1 }
        return { action: 'reuse', reason: 'below-threshold', scalars, state: next }
      }
      const reason = near ? 'max-consecutive' : Number.isNaN(error) ? 'not-a-number' : 'above-threshold'
      return { action: 'refreshed', reason, scalars, state: COMPUTED }
    },
  }
}

export function magcacheCalibration(): Strategy<undefined, 'none'> {
  return {
    start: undefined,
    measure: 'none',
    scope: 'independent',
    keeps: { kind: 'norms' },
    batch: 'mean',
    rank: () => 0,
    decide: (state) => ({ action: 'forced', reason: 'calibration', scalars: {}, state }),
    observe: (state, { residualRatio = 1 }) => ({ state, extra: { ratio: residualRatio } }),
  }
}

/** The ratios that a calibration run reported, of the first branch, evaluation by evaluation. */
export function ratiosOf(
  steps: readonly { readonly branch: number; readonly extra: Readonly<Record<string, number>> }[],
): readonly number[] {
  return steps.flatMap(({ branch, extra }) => (branch === 0 ? [extra['ratio'] ?? 1] : []))
}

/** Ratios for another number of evaluations: each takes the nearest of the calibrated ones, as published. */
export function stretchRatios(ratios: readonly number[], evaluations: number): readonly number[] {
  if (ratios.length === evaluations) return ratios
  const last = ratios.at(-1) ?? 1
  if (evaluations <= 1) return evaluations === 1 ? [last] : []
  const scale = (ratios.length - 1) / (evaluations - 1)
  return Array.from({ length: evaluations }, (_, n) => ratios[roundHalfEven(n * scale)] ?? last)
}

/** Round as the published code's language does: halves to the even neighbour. */
function roundHalfEven(value: number): number {
  const rounded = Math.round(value)
  return value % 1 === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded
}
