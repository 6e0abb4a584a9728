/** From a PROBE value and a model to the policy of one run. */
import { NO_CACHE, policyOf, type ProfileName, type StepCachePolicy } from '@dicache/diffusion'
import type { PolicyRun } from './policy-run.ts'
import { rivalPolicy } from './rival-policy.ts'
import type { DiCacheProbe, ModelValue, ProbeValue } from './values.ts'

export type ChosenPolicy = {
  readonly policy: StepCachePolicy
  readonly depth: number
  /** Everything is computed; decisions are only reported. */
  readonly shadow: boolean
  /** The released code's stale probe, which `official` repeats. */
  readonly staleProbe: boolean
  readonly warnings: readonly string[]
}

/** Depth that uncached runs are cut at: the cut costs nothing, and one set of sessions serves both. */
const DEFAULT_DEPTH = 1

/**
 * The run's policy, and what the user should hear about it.
 * @throws RangeError when the probe is deeper than the model, or the policy lacks what it needs.
 */
export function choosePolicy(model: ModelValue, probe: ProbeValue | undefined, run: PolicyRun): ChosenPolicy {
  const uncached = { policy: NO_CACHE, depth: DEFAULT_DEPTH, shadow: false, staleProbe: false, warnings: [] }
  if (probe === undefined) return uncached
  const depth = depthOf(probe)
  const { blocks } = model.transformer
  if (depth >= blocks) {
    throw new RangeError(
      `probe depth ${depth} leaves nothing to skip: ${model.name} has ${blocks} blocks; use 1 to ${Math.min(5, blocks - 1)}`,
    )
  }
  if (probe.mode === 'off') return probe.kind === 'dicache' ? { ...uncached, depth } : uncached
  const warnings = warningsOf(run)
  const shadow = probe.mode === 'shadow'
  if (probe.kind !== 'dicache') {
    return { policy: rivalPolicy(model, probe, run), depth, shadow, staleProbe: false, warnings }
  }
  const policy = dicachePolicy(model, probe, run)
  const staleProbe = policy.semantics === 'official' && depth > model.transformer.doubleBlocks / 2
  return { policy, depth, shadow, staleProbe, warnings }
}

/** The first block's residual or DiCache's probe; the others decide before any block. */
function depthOf(probe: ProbeValue): number {
  return probe.kind === 'dicache' || probe.kind === 'fbcache' ? probe.depth : 0
}

function dicachePolicy(
  model: ModelValue,
  probe: DiCacheProbe,
  { steps, branches }: PolicyRun,
): ReturnType<typeof policyOf> {
  const profile: ProfileName = probe.profile === 'auto' ? model.transformer.family : probe.profile
  return policyOf({ profile, steps, branches, ...probe.settings })
}

function warningsOf(run: PolicyRun): readonly string[] {
  return [
    ...(run.steps <= 8
      ? [
          `a step cache gains little in ${run.steps} steps: neighbouring steps of few-step runs differ too much`,
        ]
      : []),
    ...(run.stochastic
      ? [
          'this sampler adds fresh noise at each step, which makes neighbouring steps differ: expect few reused steps',
        ]
      : []),
  ]
}
