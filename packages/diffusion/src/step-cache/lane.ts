/** A split forward with the branches that are stacked in it: its calls, and what it keeps. */
import { batchView, type FloatTensor } from '@dicache/tensor'
import { createRecall } from './recall/create-recall.ts'
import type { BranchRange, Recall } from './recall/recall.ts'
import { rowsOf } from './recall/rows-of.ts'
import type { DeepResult, ProbeResult, SampleRange, SplitForward, Tokens } from './split-forward.ts'
import type { Keeps } from './strategy.ts'

/** Branches that go through one split forward together, because their conditions stack. */
export type LaneSpec = { readonly split: SplitForward; readonly branches: number }

export type Lane = {
  readonly split: SplitForward
  /** Index of its first branch among all, and how many it has. */
  readonly first: number
  readonly branches: number
  /** Samples a branch. */
  readonly perBranch: number
  readonly recall: Recall
  /** Tokens that the next probe is compared with. */
  previous: Tokens | undefined
}

/** Lanes in the order of their branches, with nothing kept. @param perBranch - samples a branch */
export function openLanes(specs: readonly LaneSpec[], keeps: Keeps, perBranch: number): readonly Lane[] {
  let first = 0
  return specs.map(({ split, branches }) => {
    const recall = createRecall(keeps, split, branches * perBranch)
    const lane: Lane = { split, first, branches, perBranch, recall, previous: undefined }
    first += branches
    return lane
  })
}

/** The lane's own samples of latents that are stacked over all branches. */
export function laneRows(lane: Lane, x: FloatTensor): FloatTensor {
  return rowsOf(x, { start: lane.first * lane.perBranch, count: lane.branches * lane.perBranch })
}

/** Samples in the lane's stack of branches that are counted over all lanes. */
export function rangeIn(lane: Lane, branches: SampleRange): BranchRange {
  const start = branches.start - lane.first
  return {
    branches: { start, count: branches.count },
    samples: { start: start * lane.perBranch, count: branches.count * lane.perBranch },
  }
}

/** Runs of neighbours of one group: they lie next to each other in a stack and go through one call. */
export function rangesOf(
  branches: readonly number[],
  groupOf: (branch: number) => number = () => 0,
): readonly SampleRange[] {
  const ranges: { start: number; count: number; group: number }[] = []
  for (const branch of branches) {
    const [last, group] = [ranges.at(-1), groupOf(branch)]
    if (last !== undefined && last.start + last.count === branch && last.group === group) last.count += 1
    else ranges.push({ start: branch, count: 1, group })
  }
  return ranges
}

/** Probes the lane's branches, against the evaluation before or, for `residual`, the last computed one. */
export function probeLane(
  lane: Lane,
  at: { readonly x: FloatTensor; readonly sigma: number; readonly compares: 'previous' | 'computed' },
): Promise<ProbeResult> {
  const { previous, recall } = lane
  const computed = at.compares === 'computed' ? recall.compared?.() : previous?.signal
  const before =
    computed === undefined || previous === undefined ? undefined : { h0: previous.h0, signal: computed }
  return lane.split.probe(at.x, at.sigma, before)
}

/** Some branches of a deep call that covered `of`. */
export function cutDeep(deep: DeepResult, of: SampleRange, wanted: SampleRange): DeepResult {
  const rows = { start: wanted.start - of.start, count: wanted.count }
  return {
    residual: rowsOf(deep.residual, rows),
    probeResidual: rowsOf(deep.probeResidual, rows),
    out: rowsOf(deep.out, rows),
  }
}

/** A stack taken apart, branch by branch. */
export function perBranchViews(stack: FloatTensor, branches: number): readonly FloatTensor[] {
  const samples = (stack.shape[0] ?? 0) / branches
  return Array.from({ length: branches }, (_, n) => batchView(stack, n * samples, (n + 1) * samples))
}
