/** One sampling run by ComfyUI's settings of a sampler node: noise and schedule for a guider. */
import {
  isSamplerName,
  isSchedulerName,
  needsUncond,
  samplers,
  sigmasFor,
  type SamplerName,
  type SchedulerName,
} from '@dicache/diffusion'
import type { ConditioningValue, LatentValue, ReportValue } from '@dicache/sdk'
import { basicGuider, type GuiderValue } from './guider.ts'
import { runGuider, type SampleServices } from './run-guider.ts'
import { samplingOf, type ModelValue, type ProbeValue } from './values.ts'

export type { SampleServices } from './run-guider.ts'

/** A schedule as sampler nodes ask for it. */
export type ScheduleRequest = {
  readonly steps: number
  readonly sampler: string
  readonly scheduler: string
  /** Share of the noise that is added and removed, 0..1. */
  readonly denoise: number
}

export type SampleRequest = ScheduleRequest & {
  readonly model: ModelValue
  readonly positive: ConditioningValue
  readonly negative: ConditioningValue
  readonly latent: LatentValue
  readonly seed: bigint
  readonly cfg: number
  readonly probe: ProbeValue | undefined
  /** Without it the start noise of the seed. */
  readonly addNoise?: boolean
  /** The schedule as the run takes it, such as a part of it. @defaultValue all of it */
  readonly cut?: (sigmas: readonly number[]) => readonly number[]
}

/** Runs the sampler of a request. */
export async function sampleLatent(
  request: SampleRequest,
  services: SampleServices,
): Promise<{ latent: LatentValue; report: ReportValue }> {
  const { model, seed, cut = (sigmas) => sigmas, addNoise = true } = request
  const sampler = samplerOf(request.sampler)
  const scheduler = schedulerOf(request.scheduler)
  const sigmas = sigmasFor({
    sampling: samplingOf(model),
    scheduler,
    steps: request.steps,
    denoise: request.denoise,
    dropPenultimate: samplers[sampler].dropPenultimate,
  })
  const { latent, report } = await runGuider(
    {
      guider: cfgGuider(model, request),
      sampler,
      scheduler,
      sigmas: cut(sigmas),
      noise: { seed, isEmpty: !addNoise },
      latent: request.latent,
      probe: request.probe,
    },
    services,
  )
  return { latent, report }
}

/** A prompt against another: negative + cfg · (positive − negative). At cfg 1 the negative one is left out. */
export function cfgGuider(
  model: ModelValue,
  prompts: {
    readonly positive: ConditioningValue
    readonly negative: ConditioningValue
    readonly cfg: number
  },
): GuiderValue {
  const { positive, negative, cfg } = prompts
  if (!needsUncond(cfg)) return { ...basicGuider(model, positive), cfg }
  return {
    model,
    sides: [
      { name: 'cond', conditioning: positive, weight: cfg },
      { name: 'uncond', conditioning: negative, weight: 1 - cfg },
    ],
    cfg,
  }
}

/** @throws RangeError for a sampler that is none. */
export function samplerOf(name: string): SamplerName {
  if (!isSamplerName(name)) throw new RangeError(`unknown sampler ${name}`)
  return name
}

/** @throws RangeError for a scheduler that is none. */
export function schedulerOf(name: string): SchedulerName {
  if (!isSchedulerName(name)) throw new RangeError(`unknown scheduler ${name}`)
  return name
}
