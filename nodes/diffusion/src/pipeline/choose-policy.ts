/** From a PROBE value and a model to the policy of one run. */
import { NO_CACHE, policyOf, type ProfileName, type StepCachePolicy } from '@dicache/diffusion'
import type { ModelValue, ProbeValue } from './values.ts'

export type ChosenPolicy = {
  readonly policy: StepCachePolicy
  readonly depth: number
  readonly warnings: readonly string[]
}

/** Depth that uncached runs are cut at: the cut costs nothing, and one set of sessions serves both. */
const DEFAULT_DEPTH = 1

/**
 * The run's policy, and what the user should hear about it.
 * @throws RangeError when the probe is deeper than the model.
 */
export function choosePolicy(
  model: ModelValue,
  probe: ProbeValue | undefined,
  run: { readonly steps: number; readonly stochastic: boolean },
): ChosenPolicy {
  if (probe === undefined) return { policy: NO_CACHE, depth: DEFAULT_DEPTH, warnings: [] }
  const { blocks } = model.transformer
  if (probe.depth >= blocks) {
    throw new RangeError(
      `probe depth ${probe.depth} leaves nothing to skip: ${model.name} has ${blocks} blocks; use 1 to ${Math.min(5, blocks - 1)}`,
    )
  }
  if (probe.mode === 'off') return { policy: NO_CACHE, depth: probe.depth, warnings: [] }
  const profile: ProfileName = probe.profile === 'auto' ? model.transformer.family : probe.profile
  const warnings = [
    ...(run.steps <= 8
      ? [`DiCache gains little in ${run.steps} steps: neighbouring steps of few-step runs differ too much`]
      : []),
    ...(run.stochastic
      ? [
          'this sampler adds fresh noise at each step, which makes neighbouring steps differ: expect few reused steps',
        ]
      : []),
  ]
  return { policy: policyOf({ profile, steps: run.steps, ...probe.settings }), depth: probe.depth, warnings }
}
