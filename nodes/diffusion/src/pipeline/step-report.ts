/** The REPORT of a sampling run: what was decided at each step and why, what it saved in steps and in measured time. */
import type { BranchStep, StepCachePolicy } from '@dicache/diffusion'
import { flopsOf } from '@dicache/models'
import type { JsonObject, JsonValue, ReportValue } from '@dicache/sdk'
import type { ReportFacts } from './report-facts.ts'
import { whyReused } from './report-why.ts'

/** Builds the report. Times are milliseconds of wall clock; every number is measured or counted in this run. */
export function stepReport(facts: ReportFacts): ReportValue {
  const { entries, policy } = facts
  const computed = entries.filter(isComputed)
  const reused = entries.length - computed.length
  return {
    version: 1,
    model: facts.model,
    policy: policyJson(policy),
    mode: policy.kind === 'none' ? 'off' : facts.shadow ? 'shadow' : 'on',
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
      // What a shadow run would have reused.
      wouldReuse: entries.filter(({ action }) => !isFull(action)).length,
      stepRatio: round(entries.length / Math.max(computed.length, 1)),
      ...times(facts, computed),
      gammaClippedShare: clippedShare(entries),
      wallMs: round(facts.wallMs),
      bytesMoved: facts.bytesMoved,
      cacheBytes: facts.cacheBytes,
    },
    ...calibration(facts),
    why: whyReused(facts, reused),
    entries: entries.map((entry) => entryJson(entry, facts)),
  }
}

function times(facts: ReportFacts, computed: readonly BranchStep[]): JsonObject {
  const { entries } = facts
  const branches = Math.max(facts.branches.length, 1)
  const share = (entry: BranchStep): number => cost(entry, branches)
  const fullMs = meanOf(computed.map(share))
  const spentMs = entries.reduce((sum, entry) => sum + share(entry), 0)
  const uncachedMs = fullMs === undefined ? undefined : fullMs * entries.length
  const reuses = entries.flatMap((entry) => reuseMs(entry) ?? [])
  const { embed, probe, deep, reuse } = facts.arithmetic
  const flops = { probe: flopsOf(probe), deep: flopsOf(deep), reuse: flopsOf(reuse), head: flopsOf(reuse) }
  // Embedded is every evaluation, also those that are answered.
  const embedded = entries.length * flopsOf(embed)
  const spentFlops = entries.flatMap(({ parts }) => parts).reduce((sum, part) => sum + flops[part], embedded)
  const flopIdeal = (embedded + entries.length * (flops.probe + flops.deep)) / spentFlops
  const speedup = uncachedMs === undefined || spentMs === 0 ? undefined : uncachedMs / spentMs
  return {
    msPerFullStep: round(fullMs),
    msPerReusedStep: round(meanOf(entries.filter((entry) => !isComputed(entry)).map(share))),
    // One call of the probe, and one of what answers a reused step, all branches together.
    msPerProbe: round(meanOf(entries.map(({ probeMs }) => probeMs))),
    msPerReuse: round(scaled(meanOf(reuses), branches)),
    // Against this run's own full steps; `bench sampler` and a baseline run measure it side by side.
    estimatedSpeedup: round(speedup),
    flopIdealSpeedup: round(flopIdeal),
    efficiency: speedup === undefined ? null : round(speedup / flopIdeal),
    probeShare: round(
      entries.reduce((sum, { probeMs }) => sum + probeMs / branches, 0) / Math.max(spentMs, 1e-9),
    ),
  }
}

function entryJson(entry: BranchStep, facts: ReportFacts): JsonObject {
  const extra = {
    ...entry.extra,
    ...(entry.indicator === undefined ? {} : { indicator: entry.indicator }),
    ...(entry.shadow === undefined ? {} : { reuseMs: entry.shadow.reuseMs, reuseError: entry.shadow.error }),
  }
  return {
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
    ms: round(cost(entry, facts.branches.length)),
    extra: Object.fromEntries(Object.entries(extra).map(([name, value]) => [name, round(value, 6)])),
  }
}

/** What a calibration run was for, in the form in which the policy takes it. */
function calibration({ policy, entries }: ReportFacts): JsonObject {
  if (policy.kind !== 'magcache-calibration') return {}
  const ratios = entries.filter(({ branch }) => branch === 0).map(({ extra }) => round(extra['ratio'], 6))
  return { calibration: { ratios } }
}

/** Numbers that JSON does not have become null. */
function policyJson(policy: StepCachePolicy): JsonObject {
  const plain = (value: unknown): JsonValue => {
    if (Array.isArray(value)) return value.map(plain)
    if (typeof value === 'number') return Number.isFinite(value) ? value : null
    return typeof value === 'boolean' ? value : String(value)
  }
  return Object.fromEntries(Object.entries(policy).map(([name, value]) => [name, plain(value)]))
}

function isFull(action: BranchStep['action']): boolean {
  return action === 'forced' || action === 'refreshed'
}

function isComputed({ parts }: BranchStep): boolean {
  return parts.includes('deep')
}

/** A branch's share of its calls. The probe runs all branches at once; what follows, those that decided alike. */
function cost(entry: BranchStep, branches: number): number {
  return entry.probeMs / Math.max(branches, 1) + entry.restMs / Math.max(entry.together, 1)
}

/** A branch's share of the call that answered it, or that was tried. */
function reuseMs(entry: BranchStep): number | undefined {
  if (entry.shadow !== undefined) return entry.shadow.reuseMs
  return isComputed(entry) ? undefined : entry.restMs / Math.max(entry.together, 1)
}

function clippedShare(entries: readonly BranchStep[]): number | null {
  const aligned = entries.filter(({ action }) => action === 'dcta')
  const clipped = aligned.filter(({ gamma, gammaRaw }) => gamma !== gammaRaw)
  return aligned.length === 0 ? null : round(clipped.length / aligned.length)
}

function meanOf(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((a, b) => a + b, 0) / values.length
}

function scaled(value: number | undefined, factor: number): number | undefined {
  return value === undefined ? undefined : value * factor
}

function round(value: number | undefined, digits = 3): number | null {
  return value === undefined || !Number.isFinite(value) ? null : Number(value.toFixed(digits))
}
