/** The gate of DiCache as a pure state machine: one state a conditioning branch, one decision an evaluation. */
import type { StepCachePolicy } from './policy.ts'

/** What a branch remembers between evaluations, beside its tensors. */
export type GateState = {
  /** Accumulated indicator, float32. */
  readonly acc: number
  /** Computed evaluations whose residuals are kept: 0, 1 or 2. */
  readonly anchors: 0 | 1 | 2
  /** Reused evaluations since the last computed one. */
  readonly consecutive: number
}

export const COLD: GateState = { acc: 0, anchors: 0, consecutive: 0 }

/** Relative changes of the tokens before block 0 and after the probe, against the evaluation before. */
export type Change = { readonly deltaX: number; readonly deltaY: number }

export type Place = {
  /** Index of the sampler's step, from 0. */
  readonly step: number
  /** Steps of the whole run. */
  readonly steps: number
}

/**
 * `forced`: computed without asking (warm-up, last step, nothing to reuse). `refreshed`: the gate said compute.
 * `reuse`: answered from the cache.
 */
export type Decision = {
  readonly action: 'forced' | 'refreshed' | 'reuse'
  /** Why it was forced, or why the gate said compute. */
  readonly reason:
    | 'no-cache'
    | 'warm-up'
    | 'last-step'
    | 'no-anchor'
    | 'above-threshold'
    | 'not-a-number'
    | 'max-consecutive'
    | 'below-threshold'
  readonly indicator: number | undefined
  readonly accBefore: number
  /** The value that was tested; undefined when no gate was evaluated. */
  readonly accCompared: number | undefined
  readonly state: GateState
}

/** Whether this evaluation is computed whatever the indicators say; they need not be known then. */
export function forcedReason(
  policy: StepCachePolicy,
  state: GateState,
  place: Place,
): Decision['reason'] | undefined {
  if (policy.kind === 'none') return 'no-cache'
  if (place.step < policy.warmupSteps) return 'warm-up'
  if (policy.forceLast && place.step === place.steps - 1) return 'last-step'
  return state.anchors === 0 ? 'no-anchor' : undefined
}

/** Decides one evaluation. The accumulator and the comparison are float32, as the released code's tensors are. */
export function decide(
  policy: StepCachePolicy,
  state: GateState,
  at: { readonly place: Place; readonly change: Change },
): Decision {
  const reason = forcedReason(policy, state, at.place)
  if (reason !== undefined || policy.kind === 'none') {
    return {
      action: 'forced',
      reason: reason ?? 'no-cache',
      indicator: undefined,
      accBefore: state.acc,
      accCompared: undefined,
      state: computed(state),
    }
  }
  const { deltaX, deltaY } = at.change
  const indicator = Math.fround(policy.indicator === 'delta_y' ? deltaY : Math.abs(deltaY - deltaX))
  const acc = Math.fround(state.acc + indicator)
  const limit = Math.fround(policy.threshold)
  const below = policy.reuseWhen === 'less' ? acc < limit : acc <= limit
  const gate = { indicator, accBefore: state.acc, accCompared: acc }
  if (below && state.consecutive < policy.maxConsecutive) {
    const next = { ...state, acc, consecutive: state.consecutive + 1 }
    return { action: 'reuse', reason: 'below-threshold', ...gate, state: next }
  }
  const why = below ? 'max-consecutive' : Number.isNaN(acc) ? 'not-a-number' : 'above-threshold'
  return { action: 'refreshed', reason: why, ...gate, state: computed(state) }
}

function computed(state: GateState): GateState {
  return { acc: 0, anchors: state.anchors === 0 ? 1 : 2, consecutive: 0 }
}
