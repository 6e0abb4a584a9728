/** Runs a cached forward over given latents, as a sampler would, on the closed-form split. */
import { type FloatTensor, floatTensor } from '@dicache/tensor'
import type { BranchStep } from '../step-cache/branch-step.ts'
import { createCachedForward, splitNeeds } from '../step-cache/cached-forward.ts'
import { type DiCachePolicy, policyOf, type StepCachePolicy } from '../step-cache/policy.ts'
import { type ClosedFormSplit, createClosedFormSplit, type SplitCall } from './closed-form-split.ts'

/** Reuses whatever it may. */
export const EAGER: DiCachePolicy = {
  ...policyOf({ profile: 'flux', steps: 4, threshold: 1e9, forceLast: false }),
  warmupSteps: 0,
}

/** An evaluation: latents [B, n], σ, and where the sampler is. */
export type Evaluation = {
  readonly x: FloatTensor
  readonly sigma: number
  readonly step?: number
  readonly order?: number
}

/** What came out, what was reported, and what the split was asked. */
export type CachedRun = {
  readonly outs: readonly (readonly number[])[]
  readonly steps: readonly BranchStep[]
  readonly split: ClosedFormSplit
  readonly heldBytes: number
}

export type RunCachedOptions = {
  readonly branches?: number
  /** Each branch in a lane of its own, as where conditions do not stack. */
  readonly apart?: boolean
  readonly staleProbe?: boolean
  readonly steps?: number
  readonly shadow?: boolean
  readonly sigmas?: readonly number[]
  /** The sampler's step of an evaluation that does not say its own. @defaultValue its index */
  readonly stepOf?: (evaluation: number) => number
}

/** Evaluates given latents, as a sampler would, and writes down what happened. */
export async function runCached(
  policy: StepCachePolicy,
  evaluations: readonly Evaluation[],
  options: RunCachedOptions = {},
): Promise<CachedRun> {
  const split = createClosedFormSplit(splitNeeds(policy).signal)
  const steps: BranchStep[] = []
  const { branches = 1, apart = false } = options
  const lanes = Array.from({ length: branches }, () => ({ split, branches: 1 }))
  const forward = createCachedForward(apart ? lanes : split, {
    policy,
    branches,
    steps: options.steps ?? evaluations.length,
    now: () => 0,
    onStep: (step) => steps.push(step),
    staleProbe: options.staleProbe ?? false,
    shadow: options.shadow ?? false,
    ...(options.sigmas === undefined ? {} : { sigmas: options.sigmas }),
  })
  const outs: (readonly number[])[] = []
  const { stepOf = (n: number): number => n } = options
  for (const [n, { x, sigma, step = stepOf(n), order = 0 }] of evaluations.entries()) {
    outs.push(Array.from((await forward(x, sigma, { step, order })).data))
  }
  return { outs, steps, split, heldBytes: forward.heldBytes() }
}

/** A tensor [n, …] of rows. */
export const rows = (...values: readonly (readonly number[])[]): FloatTensor =>
  floatTensor([values.length, values[0]?.length ?? 0], Float32Array.from(values.flat()))

/** Whether a step was answered from the cache, or in shadow mode would have been. */
export const isReused = (step: BranchStep | undefined): boolean =>
  step !== undefined && step.action !== 'forced' && step.action !== 'refreshed'

/** What was done, step by step. */
export const actions = ({ steps }: CachedRun): readonly string[] => steps.map(({ action }) => action)

/** Calls of one part, in order. */
export function callsOf<P extends SplitCall['part']>(
  { split }: CachedRun,
  part: P,
): readonly Extract<SplitCall, { part: P }>[] {
  return split.calls.filter((call): call is Extract<SplitCall, { part: P }> => call.part === part)
}

/** Falling σ with latents that move a little each step. */
export const WALK: readonly Evaluation[] = [
  { x: rows([1, -2]), sigma: 1 },
  { x: rows([1.25, -2]), sigma: 0.75 },
  { x: rows([1.5, -2.25]), sigma: 0.5 },
  { x: rows([1.5, -2.5]), sigma: 0.25 },
  { x: rows([2, -2.5]), sigma: 0.125 },
]
