/** The step cache around a split transformer: probe, decide a branch, then compute or reuse; state lives as long as this value. */
import { batchView, concat, type FloatTensor, floatTensor } from '@dicache/tensor'
import { type Change, COLD, decide, type Decision, type GateState, type Place } from './decide.ts'
import type { DiCachePolicy, StepCachePolicy } from './policy.ts'
import type { Anchors, DeepResult, ProbeResult, SampleRange, SplitForward } from './split-forward.ts'
import { stackRows } from './stack-rows.ts'

/** What happened in one evaluation of one branch. */
export type BranchStep = {
  readonly step: number
  /** 0 for the evaluation a step starts with, 1 … for second-order samplers' further ones. */
  readonly order: number
  readonly branch: number
  readonly sigma: number
  readonly action: 'forced' | 'refreshed' | 'zero-order' | 'dcta'
  readonly reason: Decision['reason']
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
  /** How many branches ran in the same call of the deep or reuse part. */
  readonly together: number
}

export type CachedForwardOptions = {
  readonly policy: StepCachePolicy
  /** Conditioning branches stacked in x, each with its own state. */
  readonly branches: number
  readonly steps: number
  readonly now: () => number
  readonly onStep?: (step: BranchStep) => void
  /** The released code's stale probe: keeps p of the evaluation before on refreshed steps (probes deeper than half the double blocks). */
  readonly staleProbe?: boolean
}

/** Velocity of stacked latents x [branches·n, …] at σ. */
export type CachedForward = (
  x: FloatTensor,
  sigma: number,
  at: { readonly step: number; readonly order: number },
) => Promise<FloatTensor>

type Tokens = { readonly h0: FloatTensor; readonly hm: FloatTensor }
type Memory = { gate: GateState; anchors: Anchors | undefined }
type Job = { readonly branch: number; readonly decision: Decision; readonly change: Change | undefined }
type Answer = {
  readonly branch: number
  readonly out: FloatTensor
  readonly log: Pick<BranchStep, 'action' | 'gammaRaw' | 'gamma' | 'restMs' | 'together'>
}

/** Wraps a split transformer for one run. A new run, another size or another model needs a new value: nothing is carried over. */
export function createCachedForward(split: SplitForward, options: CachedForwardOptions): CachedForward {
  const { policy, branches } = options
  const memories: Memory[] = Array.from({ length: branches }, () => ({ gate: COLD, anchors: undefined }))
  let previous: Tokens | undefined
  let lastSigma = Number.POSITIVE_INFINITY

  function reset(): void {
    for (const memory of memories) Object.assign(memory, { gate: COLD, anchors: undefined })
    previous = undefined
  }

  function rowsOf(branch: number, perBranch: number): SampleRange {
    return { start: branch * perBranch, count: perBranch }
  }

  function decideBranch(
    branch: number,
    probe: ProbeResult,
    at: { readonly place: Place; readonly perBranch: number },
  ): Job {
    const gate = memories[branch]?.gate ?? COLD
    const change = changeOf(policy, probe, rowsOf(branch, at.perBranch))
    const decision = decide(policy, gate, { place: at.place, change })
    return { branch, decision, change: decision.action === 'forced' ? undefined : change }
  }

  async function compute(
    jobs: readonly Job[],
    probe: ProbeResult,
    perBranch: number,
  ): Promise<readonly Answer[]> {
    const started = options.now()
    const answers: { branch: number; out: FloatTensor; deep: DeepResult }[] = []
    for (const range of rangesOf(jobs.map(({ branch }) => branch))) {
      const deep = await split.deep(probe, { start: range.start * perBranch, count: range.count * perBranch })
      for (let n = 0; n < range.count; n += 1) {
        const view = (t: FloatTensor): FloatTensor => batchView(t, n * perBranch, (n + 1) * perBranch)
        const part = {
          residual: view(deep.residual),
          probeResidual: view(deep.probeResidual),
          out: view(deep.out),
        }
        answers.push({ branch: range.start + n, out: part.out, deep: part })
      }
    }
    const restMs = options.now() - started
    return answers.map(({ branch, out, deep }) => {
      const job = jobs.find((candidate) => candidate.branch === branch)
      const refreshed = job?.decision.action === 'refreshed'
      remember(branch, deep, { probe, perBranch, refreshed })
      const action = refreshed ? 'refreshed' : 'forced'
      return {
        branch,
        out,
        log: { action, gammaRaw: undefined, gamma: undefined, restMs, together: jobs.length },
      }
    })
  }

  function remember(
    branch: number,
    deep: DeepResult,
    at: { readonly probe: ProbeResult; readonly perBranch: number; readonly refreshed: boolean },
  ): void {
    const memory = memories[branch]
    if (memory === undefined) return
    const stale = options.staleProbe === true && at.refreshed && previous !== undefined
    const p1 = stale ? staleResidual(previous, at.probe, rowsOf(branch, at.perBranch)) : deep.probeResidual
    const r1 = deep.residual
    memory.anchors = { r1, p1, r2: memory.anchors?.r1 ?? r1, p2: memory.anchors?.p1 ?? p1 }
  }

  async function reuse(
    jobs: readonly Job[],
    probe: ProbeResult,
    perBranch: number,
  ): Promise<readonly Answer[]> {
    if (policy.kind === 'none') return []
    const answers: Answer[] = []
    const groups = new Map<number, Job[]>()
    for (const job of jobs) {
      const anchors = policy.alignment === 'dcta' && job.decision.state.anchors === 2 ? 2 : 1
      groups.set(anchors, [...(groups.get(anchors) ?? []), job])
    }
    for (const [anchors, group] of groups) {
      for (const range of rangesOf(group.map(({ branch }) => branch))) {
        const started = options.now()
        const members = Array.from({ length: range.count }, (_, n) => memories[range.start + n]?.anchors)
        const stacked = stackAnchors(members)
        const samples = range.count * perBranch
        const result = await split.reuse(probe, { start: range.start * perBranch, count: samples }, stacked, {
          anchors: anchors === 2 ? 2 : 1,
          gammaClip: policy.gammaClip,
          guard: policy.semantics === 'reference',
          groups: groupMatrix(samples, policy.batch === 'mean' ? perBranch : 1),
        })
        const restMs = options.now() - started
        for (let n = 0; n < range.count; n += 1) {
          const out = batchView(result.out, n * perBranch, (n + 1) * perBranch)
          const raw = anchors === 2 ? result.gamma.data[n * perBranch] : undefined
          const aligned = result.aligned[n * perBranch] ?? false
          const gamma = aligned && raw !== undefined ? clip(raw, policy.gammaClip) : undefined
          const log = {
            action: aligned ? ('dcta' as const) : ('zero-order' as const),
            gammaRaw: raw,
            gamma,
            restMs,
            together: range.count,
          }
          answers.push({ branch: range.start + n, out, log })
        }
      }
    }
    return answers
  }

  return async function cachedForward(x, sigma, at) {
    const perBranch = (x.shape[0] ?? 0) / branches
    if (previous !== undefined && (sigma > lastSigma || previous.h0.shape[0] !== x.shape[0])) reset()
    lastSigma = sigma
    const started = options.now()
    const probe = await split.probe(x, sigma, previous)
    const probeMs = options.now() - started
    const place = { step: at.step, steps: options.steps }
    const jobs = Array.from({ length: branches }, (_, branch) =>
      decideBranch(branch, probe, { place, perBranch }),
    )
    const answers = [
      ...(await compute(
        jobs.filter(({ decision }) => decision.action !== 'reuse'),
        probe,
        perBranch,
      )),
      ...(await reuse(
        jobs.filter(({ decision }) => decision.action === 'reuse'),
        probe,
        perBranch,
      )),
    ].toSorted((a, b) => a.branch - b.branch)
    const before = memories.map(({ gate }) => gate.acc)
    for (const { branch, decision } of jobs) {
      const memory = memories[branch]
      if (memory !== undefined) memory.gate = decision.state
    }
    previous = nextPrevious(previous, probe, { jobs, perBranch, stale: options.staleProbe === true })
    for (const [branch, answer] of answers.entries()) {
      const job = jobs[branch]
      if (job === undefined) continue
      const { decision, change } = job
      options.onStep?.({
        step: at.step,
        order: at.order,
        branch,
        sigma,
        reason: decision.reason,
        deltaX: change?.deltaX,
        deltaY: change?.deltaY,
        indicator: decision.indicator,
        accBefore: before[branch] ?? 0,
        accCompared: decision.accCompared,
        accAfter: decision.state.acc,
        probeMs,
        ...answer.log,
      })
    }
    return stackRows(answers.map(({ out }) => out))
  }
}

/** rel(now, before) over the samples that decide together: of sums for `mean`, of the largest sample for `max`. */
function changeOf(policy: StepCachePolicy, probe: ProbeResult, rows: SampleRange): Change {
  const part = (t: FloatTensor): readonly number[] =>
    Array.from(t.data.subarray(rows.start, rows.start + rows.count))
  const ratio = (difference: readonly number[], magnitude: readonly number[]): number => {
    if (policy.kind === 'dicache' && policy.batch === 'max') {
      return Math.max(...difference.map((value, n) => value / (magnitude[n] ?? 0)))
    }
    const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
    return sum(difference) / sum(magnitude)
  }
  return {
    deltaX: Math.fround(ratio(part(probe.dx), part(probe.mx))),
    deltaY: Math.fround(ratio(part(probe.dy), part(probe.my))),
  }
}

/** Runs of neighbouring branches: they lie next to each other in the stack and go through one call. */
function rangesOf(branches: readonly number[]): readonly SampleRange[] {
  const ranges: { start: number; count: number }[] = []
  for (const branch of branches) {
    const last = ranges.at(-1)
    if (last !== undefined && last.start + last.count === branch) last.count += 1
    else ranges.push({ start: branch, count: 1 })
  }
  return ranges
}

function stackAnchors(members: readonly (Anchors | undefined)[]): Anchors {
  const pick = (key: keyof Anchors): FloatTensor =>
    stackRows(
      members.map((anchors) => {
        if (anchors === undefined) throw new RangeError('step cache: reuse without a computed step')
        return anchors[key]
      }),
    )
  return { r1: pick('r1'), r2: pick('r2'), p1: pick('p1'), p2: pick('p2') }
}

function groupMatrix(samples: number, size: number): FloatTensor {
  const data = new Float32Array(samples * samples)
  for (let i = 0; i < samples; i += 1) {
    for (let j = 0; j < samples; j += 1)
      data[i * samples + j] = Math.floor(i / size) === Math.floor(j / size) ? 1 : 0
  }
  return floatTensor([samples, samples], data)
}

/** min(max(γ, lo), hi), NaN kept as the released code keeps it. */
export function clip(gamma: number, [low, high]: DiCachePolicy['gammaClip']): number {
  return Number.isNaN(gamma) ? gamma : Math.fround(Math.min(Math.max(gamma, low), high))
}

function staleResidual(previous: Tokens | undefined, probe: ProbeResult, rows: SampleRange): FloatTensor {
  const hm = batchView(previous?.hm ?? probe.hm, rows.start, rows.start + rows.count)
  const h0 = batchView(probe.h0, rows.start, rows.start + rows.count)
  return floatTensor(
    hm.shape,
    hm.data.map((value, n) => value - (h0.data[n] ?? 0)),
  )
}

/** Tokens that the next evaluation is compared with: this one's, but for stale probes. */
function nextPrevious(
  previous: Tokens | undefined,
  probe: ProbeResult,
  run: { readonly jobs: readonly Job[]; readonly perBranch: number; readonly stale: boolean },
): Tokens {
  if (!run.stale || previous === undefined) return { h0: probe.h0, hm: probe.hm }
  const before = previous
  const hm = run.jobs.map(({ branch, decision }) => {
    const source = decision.action === 'refreshed' ? before.hm : probe.hm
    return batchView(source, branch * run.perBranch, (branch + 1) * run.perBranch)
  })
  return { h0: probe.h0, hm: concat(hm) }
}
