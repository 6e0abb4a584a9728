/** The threshold helper: a shadow run's indicators are put through the gate again, offline, for many thresholds. */
import { COLD, decide, forcedReason, type GateState, type DiCachePolicy } from '@dicache/diffusion'

/** One evaluation of a decider in a run that computed everything. */
export type ShadowEntry = { readonly step: number; readonly deltaX: number; readonly deltaY: number }

/** What a shadow run measured: one series a decider, and milliseconds of a step with all its branches. */
export type ShadowRun = {
  readonly steps: number
  /** Indicators by decider: one a branch when they decide alone, else one. In the order of the steps. */
  readonly deciders: readonly (readonly ShadowEntry[])[]
  readonly fullStepMs: number
  readonly reusedStepMs: number
}

/** What a threshold would do, were the indicators those of the shadow run. */
export type ThresholdPoint = {
  readonly threshold: number
  /** Share of the evaluations that are reused. */
  readonly reused: number
  readonly stepRatio: number
  /** From the measured milliseconds of the shadow run; a real run verifies it. */
  readonly predictedSpeedup: number
}

/** Thresholds that the curve is made of: the places where one reused evaluation more becomes possible, thinned to at most this many. */
const POINTS = 60

/** The curve over thresholds, rising. Its first point is 0: nothing is reused. */
export function thresholdCurve(policy: DiCachePolicy, run: ShadowRun): readonly ThresholdPoint[] {
  return candidates(policy, run).map((threshold) => replay({ ...policy, threshold }, run))
}

/** Puts the indicators through the gate of one policy. */
export function replay(policy: DiCachePolicy, run: ShadowRun): ThresholdPoint {
  let evaluations = 0
  let reused = 0
  for (const entries of run.deciders) {
    let state = COLD
    for (const { step, deltaX, deltaY } of entries) {
      const decision = decide(policy, state, {
        place: { step, steps: run.steps },
        change: { deltaX, deltaY },
      })
      state = decision.state
      evaluations += 1
      if (decision.action === 'reuse') reused += 1
    }
  }
  const share = evaluations === 0 ? 0 : reused / evaluations
  const spent = share * run.reusedStepMs + (1 - share) * run.fullStepMs
  return {
    threshold: policy.threshold,
    reused: share,
    stepRatio: evaluations / Math.max(evaluations - reused, 1),
    predictedSpeedup: run.fullStepMs / spent,
  }
}

/** The lowest threshold whose predicted speed-up reaches `speedup`, or the fastest point when none does. */
export function suggestThreshold(
  curve: readonly ThresholdPoint[],
  speedup: number,
): ThresholdPoint | undefined {
  const enough = curve.find(({ predictedSpeedup }) => predictedSpeedup >= speedup)
  return enough ?? curve.toSorted((a, b) => b.predictedSpeedup - a.predictedSpeedup)[0]
}

/** The indicator's percentiles over all evaluations that could be reused: 10, 50 and 90 %. */
export function indicatorPercentiles(
  policy: DiCachePolicy,
  run: ShadowRun,
): readonly [number, number, number] {
  const values = run.deciders
    .flatMap((entries) => entries.filter(isAsked(policy, run)).map((entry) => indicator(policy, entry)))
    .toSorted((a, b) => a - b)
  const at = (share: number): number =>
    values[Math.min(Math.floor(share * values.length), values.length - 1)] ?? Number.NaN
  return [at(0.1), at(0.5), at(0.9)]
}

/** Sums of neighbouring indicators: a run of n reused evaluations needs a threshold above the sum of n indicators. */
function candidates(policy: DiCachePolicy, run: ShadowRun): readonly number[] {
  const sums = new Set<number>([0])
  for (const entries of run.deciders) {
    const usable = entries.filter(isAsked(policy, run))
    for (let first = 0; first < usable.length; first += 1) {
      let sum = 0
      for (const entry of usable.slice(first)) {
        sum += indicator(policy, entry)
        if (Number.isFinite(sum)) sums.add(Number((sum * 1.0005).toPrecision(4)))
      }
    }
  }
  const sorted = [...sums].toSorted((a, b) => a - b)
  const stride = Math.max(1, (sorted.length - 1) / POINTS)
  return sorted.length <= POINTS
    ? sorted
    : Array.from({ length: POINTS }, (_, n) => sorted[Math.round(n * stride)] ?? 0)
}

/** Whether the gate is asked at an entry: not in the warm-up, outside the windows, or at a last step that is always computed. */
function isAsked(policy: DiCachePolicy, { steps }: ShadowRun): (entry: ShadowEntry) => boolean {
  const warm: GateState = { ...COLD, anchors: 2 }
  return ({ step }) => forcedReason(policy, warm, { step, steps }) === undefined
}

function indicator(policy: DiCachePolicy, { deltaX, deltaY }: ShadowEntry): number {
  return policy.indicator === 'delta_y' ? deltaY : Math.abs(deltaY - deltaX)
}
