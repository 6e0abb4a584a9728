/**
 * EasyCache (arXiv 2507.02860) in the form that ComfyUI made common: how fast the output follows the input, taken at computed steps,
 * predicts the output's change of the steps between. A reused step runs nothing: its output is x + (out − x) of the last computed one.
 */
import type { Strategy } from './strategy.ts'

export type EasyCachePolicy = {
  readonly kind: 'easycache'
  readonly threshold: number
  /** Every evaluation before `startSigma` and after `endSigma` is computed. */
  readonly startSigma: number
  readonly endSigma: number
}

/**
 * `cold`: outside the window, or nothing computed in it. `one`: one evaluation is kept. `rated`: the rate of the two newest is known.
 * `outMagnitude` is mean|out| of the kept evaluation, `inputChange` of the evaluation that is being computed.
 */
export type EasyCacheState =
  | { readonly phase: 'cold'; readonly inside: boolean }
  | { readonly phase: 'one'; readonly outMagnitude: number; readonly inputChange: number | undefined }
  | {
      readonly phase: 'rated'
      readonly outMagnitude: number
      readonly inputChange: number | undefined
      readonly rate: number
      readonly acc: number
    }

export function easycache(policy: EasyCachePolicy): Strategy<EasyCacheState, 'input'> {
  return {
    start: { phase: 'cold', inside: false },
    measure: 'input',
    // The first conditioning decides for all.
    scope: 'cond-decides',
    keeps: { kind: 'input' },
    batch: 'mean',
    rank: ({ change }) => change ?? 0,
    decide(state, { place: { sigma }, seen }) {
      if (sigma > policy.startSigma || sigma < policy.endSigma) {
        const scalars = state.phase === 'rated' ? { extra: { rate: state.rate } } : {}
        return {
          action: 'forced',
          reason: 'outside-window',
          scalars,
          state: { phase: 'cold', inside: false },
        }
      }
      const inputChange = seen.change
      if (state.phase !== 'rated' || inputChange === undefined) {
        const known = state.phase === 'one' && inputChange !== undefined ? { extra: { inputChange } } : {}
        const next: EasyCacheState =
          state.phase === 'cold' ? { phase: 'cold', inside: true } : { ...state, inputChange }
        return { action: 'forced', reason: 'collecting', scalars: known, state: next }
      }
      const indicator = (state.rate * inputChange) / state.outMagnitude
      const acc = state.acc + indicator
      const reuse = acc < policy.threshold
      const scalars = {
        indicator,
        accBefore: state.acc,
        accCompared: acc,
        accAfter: reuse ? acc : 0,
        extra: { inputChange, rate: state.rate },
      }
      if (reuse) return { action: 'reuse', reason: 'below-threshold', scalars, state: { ...state, acc } }
      const reason = Number.isNaN(acc) ? 'not-a-number' : 'above-threshold'
      return { action: 'refreshed', reason, scalars, state: { ...state, inputChange, acc: 0 } }
    },
    observe(state, { outMagnitude = Number.NaN, outChange }) {
      if (state.phase === 'cold') {
        const next: EasyCacheState = state.inside
          ? { phase: 'one', outMagnitude, inputChange: undefined }
          : state
        return { state: next, extra: {} }
      }
      const { inputChange } = state
      if (inputChange === undefined || outChange === undefined) return { state, extra: {} }
      const rate = outChange / inputChange
      return { state: { phase: 'rated', outMagnitude, inputChange, rate, acc: 0 }, extra: {} }
    },
  }
}
