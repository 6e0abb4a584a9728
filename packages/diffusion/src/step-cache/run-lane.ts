/** One evaluation of a lane: which branches are answered from what is kept, which are computed and put away. */
import { type FloatTensor, meanAbs, meanAbsDifference } from '@dicache/tensor'
import type { BranchRun, PartName } from './branch-step.ts'
import { clip } from './clip.ts'
import { cutDeep, type Lane, perBranchViews, rangeIn, rangesOf } from './lane.ts'
import type { Computed } from './recall/recall.ts'
import { rowsOf } from './recall/rows-of.ts'
import type { ProbeResult, SampleRange } from './split-forward.ts'
import { staleResidual } from './stale-probe.ts'
import type { Facts, Keeps, Verdict } from './strategy.ts'

export type Probed = { readonly probe: ProbeResult; readonly ms: number }

export type LaneRun = {
  readonly keeps: Keeps
  /** The lane's latents. */
  readonly x: FloatTensor
  readonly time: number
  /** Undefined where nothing needs it. */
  readonly probed: Probed | undefined
  readonly actionOf: (branch: number) => Verdict<unknown>['action']
  /** Everything is computed; answers are only tried. */
  readonly shadow: boolean
  /** Whether p of the evaluation before stays on refreshed steps. */
  readonly staleProbe: boolean
  readonly now: () => number
}

/** What became of a branch; facts of those that were computed. */
export type BranchOutcome = {
  readonly branch: number
  readonly out: FloatTensor
  readonly run: BranchRun
  readonly facts?: Facts
}

/** Runs the branches of a lane, in their order. */
export async function runLane(lane: Lane, run: LaneRun): Promise<readonly BranchOutcome[]> {
  const mine = Array.from({ length: lane.branches }, (_, n) => lane.first + n)
  const answered = await answerBranches(
    lane,
    mine.filter((branch) => run.actionOf(branch) === 'reuse'),
    run,
  )
  const computed = await computeBranches(
    lane,
    run.shadow ? mine : mine.filter((branch) => run.actionOf(branch) !== 'reuse'),
    { ...run, tried: answered },
  )
  const outcomes = run.shadow ? computed : [...answered, ...computed]
  return outcomes.toSorted((a, b) => a.branch - b.branch)
}

async function answerBranches(
  lane: Lane,
  branches: readonly number[],
  run: LaneRun,
): Promise<readonly BranchOutcome[]> {
  const outcomes: BranchOutcome[] = []
  const groupOf = (branch: number): number => lane.recall.groupOf?.(branch - lane.first) ?? 0
  for (const wanted of rangesOf(branches, groupOf)) {
    const range = rangeIn(lane, wanted)
    const x = rowsOf(run.x, range.samples)
    const started = run.now()
    const answer = await lane.recall.answer({ range, x, probe: run.probed?.probe, time: run.time })
    const restMs = run.now() - started
    const parts: readonly PartName[] = [
      ...(run.probed === undefined ? [] : (['probe'] as const)),
      ...(answer.part === 'nothing' ? [] : [answer.part]),
    ]
    for (const [n, out] of perBranchViews(answer.out, wanted.count).entries()) {
      const sample = n * lane.perBranch
      const aligned = answer.aligned?.[sample] ?? false
      const gammaRaw = answer.gamma?.data[sample]
      outcomes.push({
        branch: wanted.start + n,
        out,
        run: {
          action: answer.action === 'dcta' && !aligned ? 'zero-order' : answer.action,
          gammaRaw,
          gamma: aligned && gammaRaw !== undefined ? clipped(run.keeps, gammaRaw) : undefined,
          restMs,
          together: wanted.count,
          parts,
          shadow: undefined,
        },
      })
    }
  }
  return outcomes
}

async function computeBranches(
  lane: Lane,
  branches: readonly number[],
  run: LaneRun & { readonly tried: readonly BranchOutcome[] },
): Promise<readonly BranchOutcome[]> {
  const outcomes: BranchOutcome[] = []
  for (const wanted of rangesOf(branches)) {
    const probe = run.probed?.probe
    if (probe === undefined) throw new RangeError('step cache: nothing to compute from')
    const { samples } = rangeIn(lane, wanted)
    const started = run.now()
    const deep = await lane.split.deep(probe, samples)
    const done = { restMs: run.now() - started, together: wanted.count, parts: ['probe', 'deep'] as const }
    const cut = (of: SampleRange): Computed => {
      const range = rangeIn(lane, of)
      const own = cutDeep(deep, samples, range.samples)
      return { range, deep: own, x: rowsOf(run.x, range.samples), probe, time: run.time }
    }
    for (const [n, out] of perBranchViews(deep.out, wanted.count).entries()) {
      const branch = wanted.start + n
      const action = run.actionOf(branch)
      const tried = run.tried.find((other) => other.branch === branch)
      if (action === 'reuse') {
        const told =
          tried === undefined ? undefined : { ...tried.run, ...done, shadow: comparison(tried, out) }
        if (told !== undefined) outcomes.push({ branch, out, run: told })
        continue
      }
      const facts = lane.recall.factsOf?.(cut({ start: branch, count: 1 }))
      const told = { action, gammaRaw: undefined, gamma: undefined, ...done, shadow: undefined }
      outcomes.push({ branch, out, run: told, ...(facts === undefined ? {} : { facts }) })
    }
    const inside = Array.from({ length: wanted.count }, (_, n) => wanted.start + n)
    const kept = inside.filter((branch) => run.actionOf(branch) !== 'reuse')
    const { previous } = lane
    const isStale = (branch: number): boolean => run.staleProbe && run.actionOf(branch) === 'refreshed'
    for (const of of rangesOf(kept, (branch) => Number(isStale(branch)))) {
      const computed = cut(of)
      const probeResidual =
        previous !== undefined && isStale(of.start)
          ? staleResidual(previous, probe, computed.range.samples)
          : computed.deep.probeResidual
      lane.recall.remember({ ...computed, deep: { ...computed.deep, probeResidual } })
    }
  }
  return outcomes
}

/** How far an answer that was only tried is from what was computed. */
function comparison({ out, run }: BranchOutcome, computed: FloatTensor): BranchRun['shadow'] {
  return { reuseMs: run.restMs / run.together, error: meanAbsDifference(out, computed) / meanAbs(computed) }
}

function clipped(keeps: Keeps, gamma: number): number {
  return keeps.kind === 'anchors' ? clip(gamma, keeps.gammaClip) : gamma
}
