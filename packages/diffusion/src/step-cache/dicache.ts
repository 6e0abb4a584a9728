/** DiCache (arXiv 2508.17356): reuse while the accumulated change of an online probe stays below δ; residuals align along their trajectory. */
import type { DiCachePolicy } from './policy.ts'
import type { Place, Reason, Strategy } from './strategy.ts'

/** What a decider remembers between evaluations, beside its tensors. */
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

/** Where a gate is; a decider of its own where branches are not told. */
export type GatePlace = Pick<Place, 'step' | 'steps'> & Partial<Pick<Place, 'branch' | 'branches'>>

/**
 * `forced`: computed without asking (warm-up, last step, outside the windows, nothing to reuse). `refreshed`: the gate said compute.
 * `reuse`: answered from the cache.
 */
export type Decision = {
  readonly action: 'forced' | 'refreshed' | 'reuse'
  readonly reason: Reason
  readonly indicator: number | undefined
  readonly accBefore: number
  /** The value that was tested; undefined when no gate was evaluated. */
  readonly accCompared: number | undefined
  readonly state: GateState
}

/** Whether this evaluation is computed whatever the indicators say; they need not be known then. */
export function forcedReason(policy: DiCachePolicy, state: GateState, place: GatePlace): Reason | undefined {
  if (isWarmup(policy, place)) return 'warm-up'
  if (policy.forceLast && place.step === place.steps - 1) return 'last-step'
  const inside = policy.windows.some(([from, to]) => place.step >= from && place.step < to)
  if (policy.windows.length > 0 && !inside) return 'outside-window'
  return state.anchors === 0 ? 'no-anchor' : undefined
}

function isWarmup(policy: DiCachePolicy, { step, branch = 0, branches = 1 }: GatePlace): boolean {
  return policy.warmupCalls === undefined
    ? step < policy.warmupSteps
    : step * branches + branch < policy.warmupCalls
}

/** What the gate adds, float32. */
export function indicatorOf(policy: DiCachePolicy, { deltaX, deltaY }: Change): number {
  return Math.fround(policy.indicator === 'delta_y' ? deltaY : Math.abs(deltaY - deltaX))
}

/** Decides one evaluation. The accumulator and the comparison are float32, as the released code's tensors are. */
export function decide(
  policy: DiCachePolicy,
  state: GateState,
  at: { readonly place: GatePlace; readonly change: Change },
): Decision {
  const reason = forcedReason(policy, state, at.place)
  if (reason !== undefined) {
    const gate = { indicator: undefined, accBefore: state.acc, accCompared: undefined }
    return { action: 'forced', reason, ...gate, state: computed(state) }
  }
  const indicator = indicatorOf(policy, at.change)
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

const SHARE = { mean: 'branch', max: 'sample' } as const

export function dicache(policy: DiCachePolicy): Strategy<GateState, 'hidden'> {
  return {
    start: COLD,
    measure: 'hidden',
    scope: policy.cfg,
    keeps:
      policy.alignment === 'zero-order'
        ? { kind: 'residual' }
        : {
            kind: 'anchors',
            gammaClip: policy.gammaClip,
            guard: policy.semantics === 'reference',
            share: policy.cfg === 'joint' && policy.batch === 'mean' ? 'all' : SHARE[policy.batch],
          },
    batch: policy.batch,
    rank: (seen) => indicatorOf(policy, seen),
    decide(state, { place, seen }) {
      const {
        action,
        reason,
        indicator,
        accBefore,
        accCompared,
        state: next,
      } = decide(policy, state, {
        place,
        change: seen,
      })
      const gate = { indicator, accBefore, accCompared, accAfter: next.acc }
      return {
        action,
        reason,
        scalars: action === 'forced' ? gate : { ...seen, ...gate },
        state: next,
      }
    },
  }
}
