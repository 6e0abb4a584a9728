/** What the trace kinds share: a plain Euler run through a cached forward, and the comparison of decisions and scalars. */
import {
  type BranchStep,
  createCachedForward,
  type SplitForward,
  type StepCachePolicy,
} from '@dicache/diffusion'
import { axpy, type FloatTensor } from '@dicache/tensor'
import { asFloat, type CaseReader, type Check } from '../check.ts'

export type CachedRun = {
  readonly final: FloatTensor
  readonly steps: readonly BranchStep[]
  /** L2 norm of each call's velocity. */
  readonly outNorms: readonly number[]
}

/** Runs the case's noise down its sigmas with one conditioning branch. */
export async function runSteps(
  c: CaseReader,
  split: SplitForward,
  run: { readonly policy: StepCachePolicy; readonly staleProbe?: boolean },
): Promise<CachedRun> {
  const sigmas = asFloat('sigmas', await c.tensor('sigmas')).data
  const steps: BranchStep[] = []
  const outNorms: number[] = []
  const forward = createCachedForward(split, {
    ...run,
    branches: 1,
    steps: sigmas.length - 1,
    sigmas: [...sigmas],
    now: () => 0,
    onStep: (step) => steps.push(step),
  })
  let x = asFloat('noise', await c.tensor('noise'))
  for (let step = 0; step + 1 < sigmas.length; step += 1) {
    const sigma = sigmas[step] ?? 0
    const velocity = await forward(x, sigma, { step, order: 0 })
    outNorms.push(Math.sqrt(velocity.data.reduce((sum, value) => sum + value * value, 0)))
    x = axpy(Math.fround((sigmas[step + 1] ?? 0) - sigma), velocity, x)
  }
  return { final: x, steps, outNorms }
}

/** Lists of words that must be equal; the note names the first that is not. */
export function compareDecisions(name: string, got: readonly string[], expected: readonly string[]): Check {
  const wrong = expected.findIndex((decision, n) => decision !== got[n])
  const ok = wrong === -1 && got.length === expected.length
  const at = wrong === -1 ? expected.length : wrong
  const note = ok ? 'exact' : `call ${at}: ${got[at] ?? 'none'}, expected ${expected[at] ?? 'none'}`
  return { name, worst: ok ? 0 : 1, tolerance: 0, ok, note }
}

/** |got − expected| / max(1, |expected|); 0 where neither is there. */
export function relativeGap(got: number | undefined, expected: number | undefined): number {
  if (Object.is(got, expected)) return 0
  if (got === undefined || expected === undefined) return Number.POSITIVE_INFINITY
  const difference = Math.abs(got - expected) / Math.max(1, Math.abs(expected))
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference
}
