/** What happened in one evaluation of one branch. */
import type { Reason, Scalars, Verdict } from './strategy.ts'

/** Parts of the split that can run for a branch. */
export type PartName = 'probe' | 'deep' | 'reuse' | 'head'

export type BranchStep = {
  readonly step: number
  /** 0 for the evaluation a step starts with, 1 … for second-order samplers' further ones. */
  readonly order: number
  readonly branch: number
  readonly sigma: number
  /** What was done; in shadow mode, what would have been. */
  readonly action: 'forced' | 'refreshed' | 'zero-order' | 'dcta' | 'forecast'
  readonly reason: Reason
  readonly deltaX: number | undefined
  readonly deltaY: number | undefined
  readonly indicator: number | undefined
  readonly accBefore: number
  readonly accCompared: number | undefined
  readonly accAfter: number
  /** Of the first sample; NaN or infinite where the anchors coincide. */
  readonly gammaRaw: number | undefined
  /** Clipped; undefined when zero order was applied. */
  readonly gamma: number | undefined
  /** Milliseconds of the probe, and of what followed it, shared by the branches that ran together. */
  readonly probeMs: number
  readonly restMs: number
  /** How many branches ran in the same call of what followed the probe. */
  readonly together: number
  /** Parts that ran, in order. */
  readonly parts: readonly PartName[]
  /** Numbers that only the policy has. */
  readonly extra: Readonly<Record<string, number>>
  /** Of a reuse that was only tried: the branch's share of its milliseconds, and mean|answer − out| / mean|out| against the computed velocity. */
  readonly shadow: { readonly reuseMs: number; readonly error: number } | undefined
}

/** What a branch's run adds to its verdict. */
export type BranchRun = Pick<
  BranchStep,
  'action' | 'gammaRaw' | 'gamma' | 'restMs' | 'together' | 'parts' | 'shadow'
>

export function branchStep(
  at: Pick<BranchStep, 'step' | 'order' | 'branch' | 'sigma' | 'probeMs'>,
  verdict: Pick<Verdict<unknown>, 'reason'> & { readonly scalars: Scalars },
  run: BranchRun,
): BranchStep {
  const { scalars } = verdict
  return {
    ...at,
    reason: verdict.reason,
    deltaX: scalars.deltaX,
    deltaY: scalars.deltaY,
    indicator: scalars.indicator,
    accBefore: scalars.accBefore ?? 0,
    accCompared: scalars.accCompared,
    accAfter: scalars.accAfter ?? 0,
    extra: scalars.extra ?? {},
    ...run,
  }
}
