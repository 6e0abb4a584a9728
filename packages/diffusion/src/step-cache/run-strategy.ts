/** Runs a strategy around a split transformer: probe, decide, then compute or answer. What a run remembers lives here, and ends with it. */
import type { FloatTensor } from '@dicache/tensor'
import { branchStep, type BranchStep } from './branch-step.ts'
import { type Lane, laneRows, type LaneSpec, openLanes, probeLane, rangeIn } from './lane.ts'
import { measure, type Voters } from './measure.ts'
import { rowsOf } from './recall/rows-of.ts'
import { type BranchOutcome, type Probed, runLane } from './run-lane.ts'
import type { SampleRange } from './split-forward.ts'
import { stackRows } from './stack-rows.ts'
import { staleTokens } from './stale-probe.ts'
import {
  type Measure,
  type Place,
  readsProbe,
  type Scalars,
  type Strategy,
  type Verdict,
} from './strategy.ts'

export type RunOptions = {
  /** Conditioning branches stacked in x. */
  readonly branches: number
  /** Steps of the whole run, and their noise levels, if known: they place evaluations inside a step. */
  readonly steps: number
  readonly sigmas?: readonly number[]
  /** Everything is computed; decisions and answers are made all the same, and only reported. */
  readonly shadow?: boolean
  readonly now: () => number
  readonly onStep?: (step: BranchStep) => void
  /** The released code's stale probe: keeps p of the evaluation before on refreshed steps (probes deeper than half the double blocks). */
  readonly staleProbe?: boolean
}

type At = { readonly step: number; readonly order: number }

/** Velocity of stacked latents x [branches·n, …] at σ. */
export type CachedForward = ((x: FloatTensor, sigma: number, at: At) => Promise<FloatTensor>) & {
  /** Bytes of the tensors that are kept of computed evaluations now. */
  readonly heldBytes: () => number
}

/** Everything that a run remembers, at one size. */
type Memory<S> = {
  readonly lanes: readonly Lane[]
  readonly states: readonly S[]
  readonly evaluations: number
}

type Evaluation = {
  readonly x: FloatTensor
  readonly sigma: number
  readonly place: Omit<Place, 'branch' | 'branches'>
}

/** Branches of `lanes` must be as many as `options` says. A new run needs a new value: nothing is carried over. */
export function runStrategy<S, M extends Measure>(
  strategy: Strategy<S, M>,
  specs: readonly LaneSpec[],
  options: RunOptions,
): CachedForward {
  const { branches, now } = options
  const deciders = strategy.scope === 'independent' ? branches : 1
  const deciderOf = (branch: number): number => (deciders === 1 ? 0 : branch)
  let memory: Memory<S> = { lanes: [], states: [], evaluations: 0 }
  let lastSigma = Number.POSITIVE_INFINITY
  let shape = ''

  function start(x: FloatTensor): Memory<S> {
    const lanes = openLanes(specs, strategy.keeps, (x.shape[0] ?? 0) / branches)
    return { lanes, states: Array.from({ length: deciders }, () => strategy.start), evaluations: 0 }
  }

  async function probeAll({ x, sigma }: Evaluation): Promise<readonly Probed[]> {
    const probes: Probed[] = []
    const compares = strategy.measure === 'residual' ? 'computed' : 'previous'
    for (const lane of memory.lanes) {
      const started = now()
      const probe = await probeLane(lane, { x: laneRows(lane, x), sigma, compares })
      probes.push({ probe, ms: now() - started })
    }
    return probes
  }

  function decideAll(evaluation: Evaluation, probes: readonly Probed[] | undefined): readonly Verdict<S>[] {
    return memory.states.map((state, branch) => {
      const wanted = strategy.scope === 'joint' ? { start: 0, count: branches } : { start: branch, count: 1 }
      const voters = votersOf(memory.lanes, wanted, probes)
      const change = (): number | undefined => inputChange(memory.lanes, branch, evaluation.x)
      const seen = measure(strategy.measure, { voters, inputChange: change }, strategy)
      return strategy.decide(state, { place: { ...evaluation.place, branch, branches }, seen })
    })
  }

  /** States after the computed evaluations were looked at, and the numbers that this added. */
  function observeAll(
    verdicts: readonly Verdict<S>[],
    outcomes: readonly BranchOutcome[],
  ): readonly Verdict<S>[] {
    return verdicts.map((verdict, decider) => {
      const facts = outcomes.find(({ branch }) => branch === decider)?.facts
      if (facts === undefined || strategy.observe === undefined) return verdict
      const { state, extra } = strategy.observe(verdict.state, facts)
      const scalars: Scalars = { ...verdict.scalars, extra: { ...verdict.scalars.extra, ...extra } }
      return { ...verdict, state, scalars }
    })
  }

  async function cachedForward(x: FloatTensor, sigma: number, at: At): Promise<FloatTensor> {
    // σ rises from one step's beginning to the next only when another run begins; inside a step it may lie below the next one's.
    const begins = at.order === 0
    const isNew = (begins && sigma > lastSigma) || shape !== x.shape.join('×')
    if (isNew || memory.lanes.length === 0) memory = start(x)
    if (begins) lastSigma = sigma
    shape = x.shape.join('×')
    const { lanes, evaluations } = memory
    const time = timeOf(options.sigmas, at, sigma)
    const place = { step: at.step, steps: options.steps, evaluation: evaluations, sigma, time }
    const evaluation: Evaluation = { x, sigma, place }
    const early = readsProbe(strategy.measure) ? await probeAll(evaluation) : undefined
    const verdicts = decideAll(evaluation, early)
    const actionOf = (branch: number): Verdict<S>['action'] => verdicts[deciderOf(branch)]?.action ?? 'forced'
    const shadow = options.shadow === true
    const idle =
      !shadow &&
      verdicts.every(({ action }) => action === 'reuse') &&
      lanes.every(({ recall }) => !recall.needsProbe)
    const probes = early ?? (idle ? undefined : await probeAll(evaluation))
    const outcomes: BranchOutcome[] = []
    const staleProbe = options.staleProbe === true
    for (const [n, lane] of lanes.entries()) {
      const run = { keeps: strategy.keeps, x: laneRows(lane, x), time, actionOf, shadow, staleProbe, now }
      outcomes.push(...(await runLane(lane, { ...run, probed: probes?.[n] })))
      compareNextWith(lane, probes?.[n], staleProbe ? actionOf : undefined)
    }
    const observed = observeAll(verdicts, outcomes)
    memory = { lanes, states: observed.map(({ state }) => state), evaluations: evaluations + 1 }
    for (const { branch, run } of outcomes) {
      const verdict = observed[deciderOf(branch)]
      const lane = lanes.findIndex((one) => branch < one.first + one.branches)
      const where = { ...at, branch, sigma, probeMs: probes?.[lane]?.ms ?? 0 }
      if (verdict !== undefined) options.onStep?.(branchStep(where, verdict, run))
    }
    return stackRows(outcomes.map(({ out }) => out))
  }

  return Object.assign(cachedForward, { heldBytes: () => heldBytes(memory.lanes) })
}

/** Samples of the wanted branches, lane by lane. */
function votersOf(
  lanes: readonly Lane[],
  wanted: SampleRange,
  probes: readonly Probed[] | undefined,
): readonly Voters[] {
  return lanes.flatMap((lane, n) => {
    const probe = probes?.[n]?.probe
    const start = Math.max(lane.first, wanted.start)
    const count = Math.min(lane.first + lane.branches, wanted.start + wanted.count) - start
    return probe === undefined || count <= 0
      ? []
      : [{ probe, samples: rangeIn(lane, { start, count }).samples }]
  })
}

function inputChange(lanes: readonly Lane[], branch: number, x: FloatTensor): number | undefined {
  const lane = lanes.find(({ first, branches }) => branch < first + branches)
  if (lane === undefined) return undefined
  const range = rangeIn(lane, { start: branch, count: 1 })
  return lane.recall.inputChange?.(range, rowsOf(laneRows(lane, x), range.samples))
}

/** The next probe is compared with this one, but for stale probes. */
function compareNextWith(
  lane: Lane,
  probed: Probed | undefined,
  actionOf: ((branch: number) => string) | undefined,
): void {
  if (probed === undefined) return
  const { h0, signal } = probed.probe
  if (actionOf === undefined || lane.previous === undefined) lane.previous = { h0, signal }
  else {
    const refreshed = Array.from(
      { length: lane.branches },
      (_, n) => actionOf(lane.first + n) === 'refreshed',
    )
    lane.previous = staleTokens(lane.previous, { h0, signal }, refreshed)
  }
}

/** Where σ lies on the scale of steps. */
function timeOf(sigmas: readonly number[] | undefined, at: At, sigma: number): number {
  const [from, to] = [sigmas?.[at.step], sigmas?.[at.step + 1]]
  if (at.order === 0 || from === undefined || to === undefined || from === to) return at.step
  return at.step + (from - sigma) / (from - to)
}

function heldBytes(lanes: readonly Lane[]): number {
  const buffers = new Set(lanes.flatMap(({ recall }) => recall.held()).map(({ data }) => data.buffer))
  return [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0)
}
