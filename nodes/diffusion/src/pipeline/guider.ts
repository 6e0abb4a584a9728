/** What steers a sampling run: a model, its prompts, and how their predictions are mixed. */
import { HostError } from '@dicache/sdk'
import type { ConditioningEntry, ConditioningValue } from '@dicache/sdk'
import { sigmaOfTime, type ModelSampling } from '@dicache/diffusion'
import { refuseUnsupported, timestepRange } from './conditioning-extra.ts'
import type { ModelValue } from './values.ts'

/** One side of a mix: prompts that are averaged, and how much of the result they are. */
export type GuiderSide = {
  /** For reports: `cond`, `uncond`. */
  readonly name: string
  readonly conditioning: ConditioningValue
  /** The weights of all sides add up to 1. */
  readonly weight: number
}

/** On a GUIDER port. The prediction is the weighted sum of its sides. */
export type GuiderValue = {
  readonly model: ModelValue
  readonly sides: readonly [GuiderSide, ...GuiderSide[]]
  /** For reports: the scale of classifier-free guidance, 1 without. */
  readonly cfg: number
}

/** One prompt alone. */
export function basicGuider(model: ModelValue, conditioning: ConditioningValue): GuiderValue {
  return { model, sides: [{ name: 'cond', conditioning, weight: 1 }], cfg: 1 }
}

/** One prompt that the model evaluates. */
export type GuiderBranch = {
  readonly name: string
  readonly entry: ConditioningEntry
  /** Its share of the prediction at a noise level. */
  readonly weightAt: (sigma: number) => number
}

/**
 * The prompts of a guider that count anywhere; entries of one side are averaged over those whose time it is.
 * @throws HostError NODE_FAILED for a conditioning that is empty, or asks for what this sampler does not do.
 */
export function branchesOf(guider: GuiderValue, sampling: ModelSampling): readonly GuiderBranch[] {
  return guider.sides.flatMap(({ name, conditioning, weight }): GuiderBranch[] => {
    if (conditioning.length === 0)
      throw new HostError('NODE_FAILED', `the conditioning "${name}" is empty; connect a prompt`)
    for (const entry of conditioning) refuseUnsupported(entry)
    const isActive = conditioning.map((entry) => activity(entry, sampling))
    return conditioning.map((entry, n) => ({
      name: n === 0 ? name : `${name} ${n + 1}`,
      entry,
      weightAt(sigma) {
        if (isActive[n]?.(sigma) !== true) return 0
        return weight / isActive.filter((active) => active(sigma)).length
      },
    }))
  })
}

/** When an entry counts: from the noise level of its start to that of its end. */
function activity(entry: ConditioningEntry, sampling: ModelSampling): (sigma: number) => boolean {
  const range = timestepRange(entry)
  if (range === undefined) return () => true
  const first = sigmaOfPercent(sampling, range.start)
  const last = sigmaOfPercent(sampling, range.end)
  return (sigma) => sigma <= first && sigma >= last
}

/** The noise level when a share of the model's time has passed. */
export function sigmaOfPercent(sampling: ModelSampling, percent: number): number {
  if (percent <= 0) return 1
  return percent >= 1 ? 0 : sigmaOfTime(sampling, 1 - percent)
}
