/** The REPORT of a sampling run: what was decided at each step and why, what it saved in steps and in measured time. */
import type { BranchStep, StepCachePolicy } from '@dicache/diffusion'
import { flopsOf, type PartArithmetic, type TransformerParts } from '@dicache/models'
import type { ReportValue } from '@dicache/sdk'

export type ReportFacts = {
  readonly model: string
  readonly policy: StepCachePolicy
  readonly depth: number
  readonly sampler: string
  readonly scheduler: string
  readonly steps: number
  readonly cfg: number
  readonly branches: readonly string[]
  readonly entries: readonly BranchStep[]
  readonly wallMs: number
  readonly bytesMoved: number
  readonly cacheBytes: number
  /** What one branch's parts compute in one call. */
  readonly arithmetic: TransformerParts<PartArithmetic>
}

/** Builds the report. Times are milliseconds of wall clock; every number is measured or counted in this run. */
export function stepReport(facts: ReportFacts): ReportValue {
  const { entries, policy } = facts
  const computed = entries.filter(isComputed)
  const reused = entries.length - computed.length
  const share = (entry: BranchStep): number => cost(entry, facts.branches.length)
  const fullMs = meanOf(computed.map(share))
  const reuseMs = meanOf(entries.filter((entry) => !isComputed(entry)).map(share))
  const flops = {
    probe: flopsOf(facts.arithmetic.probe),
    deep: flopsOf(facts.arithmetic.deep),
    reuse: flopsOf(facts.arithmetic.reuse),
  }
  const uncachedFlops = entries.length * (flops.probe + flops.deep)
  const spentFlops = entries.length * flops.probe + computed.length * flops.deep + reused * flops.reuse
  const uncachedMs = fullMs === undefined ? undefined : fullMs * entries.length
  const spentMs = entries.reduce((sum, entry) => sum + share(entry), 0)
  const flopIdeal = uncachedFlops / spentFlops
  const speedup = uncachedMs === undefined || spentMs === 0 ? undefined : uncachedMs / spentMs
  const clipped = entries.filter(({ gamma, gammaRaw }) => gamma !== undefined && gamma !== gammaRaw).length
  const dcta = entries.filter(({ action }) => action === 'dcta').length
  return {
    version: 1,
    model: facts.model,
    policy:
      policy.kind === 'none'
        ? { kind: 'none' }
        : { ...policy, gammaClip: [...policy.gammaClip], maxConsecutive: finite(policy.maxConsecutive) },
    probeDepth: facts.depth,
    sampler: facts.sampler,
    scheduler: facts.scheduler,
    steps: facts.steps,
    cfg: facts.cfg,
    branches: [...facts.branches],
    totals: {
      evaluations: entries.length,
      computed: computed.length,
      reused,
      stepRatio: round(entries.length / Math.max(computed.length, 1)),
      msPerFullStep: round(fullMs),
      msPerReusedStep: round(reuseMs),
      // One call of the probe, all branches together.
      msPerProbe: round(meanOf(entries.map(({ probeMs }) => probeMs))),
      // Against this run's own full steps; `bench sampler` and a baseline run measure it side by side.
      estimatedSpeedup: round(speedup),
      flopIdealSpeedup: round(flopIdeal),
      efficiency: speedup === undefined ? null : round(speedup / flopIdeal),
      probeShare: round(
        entries.reduce((sum, entry) => sum + entry.probeMs / facts.branches.length, 0) /
          Math.max(spentMs, 1e-9),
      ),
      gammaClippedShare: dcta === 0 ? null : round(clipped / dcta),
      wallMs: round(facts.wallMs),
      bytesMoved: facts.bytesMoved,
      cacheBytes: facts.cacheBytes,
    },
    why: explain(facts, reused),
    entries: entries.map((entry) => ({
      step: entry.step,
      order: entry.order,
      branch: facts.branches[entry.branch] ?? String(entry.branch),
      sigma: round(entry.sigma, 6),
      decision: entry.action,
      reason: entry.reason,
      deltaX: round(entry.deltaX, 6),
      deltaY: round(entry.deltaY, 6),
      accumulator: round(entry.accCompared, 6),
      gammaRaw:
        entry.gammaRaw === undefined
          ? null
          : Number.isFinite(entry.gammaRaw)
            ? round(entry.gammaRaw, 6)
            : String(entry.gammaRaw),
      gamma: round(entry.gamma, 6),
      ms: round(share(entry)),
    })),
  }
}

function isComputed({ action }: BranchStep): boolean {
  return action === 'forced' || action === 'refreshed'
}

/** A branch's share of its calls. The probe runs all branches at once; what follows, those that decided alike. */
function cost(entry: BranchStep, branches: number): number {
  return entry.probeMs / Math.max(branches, 1) + entry.restMs / Math.max(entry.together, 1)
}

/** One sentence for whoever asks why the cache did, or did not, do anything. */
function explain(facts: ReportFacts, reused: number): string {
  const { policy, entries } = facts
  if (policy.kind === 'none') return 'The step cache is off: every step was computed.'
  if (reused > 0) return `${reused} of ${entries.length} evaluations were answered from the cache.`
  if (policy.threshold === 0)
    return 'Nothing was reused: the threshold is 0, which asks for the exact result.'
  const free = entries.filter(({ reason }) => reason !== 'warm-up' && reason !== 'last-step')
  if (free.length === 0)
    return `Nothing was reused: all ${facts.steps} steps are warm-up or the forced last one. Use more steps or a shorter warm-up.`
  const smallest = Math.min(...free.map(({ indicator }) => indicator ?? Number.POSITIVE_INFINITY))
  if (facts.steps <= 8)
    return `Nothing was reused: with ${facts.steps} steps neighbouring steps differ too much (smallest change ${smallest.toFixed(3)}, threshold ${policy.threshold}).`
  return `Nothing was reused: the smallest change was ${smallest.toFixed(3)}, above the threshold ${policy.threshold}. Raise the threshold.`
}

function meanOf(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((a, b) => a + b, 0) / values.length
}

function round(value: number | undefined, digits = 3): number | null {
  return value === undefined || !Number.isFinite(value) ? null : Number(value.toFixed(digits))
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
