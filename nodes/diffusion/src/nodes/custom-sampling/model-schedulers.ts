/** Schedules that follow a model's own noise levels. */
import { betaSchedule, type ModelSampling, schedulers, sigmasFor } from '@dicache/diffusion'
import { defineNode, type NodeDefinition, param, port, type SigmasValue } from '@dicache/sdk'
import { floatTensor } from '@dicache/tensor'
import { schedulerOf } from '../../pipeline/sample-latent.ts'
import { type ModelValue, samplingOf } from '../../pipeline/values.ts'

const about = { version: 1, category: 'sampling/custom_sampling/schedulers' } as const
const model = port.model<ModelValue>({ description: 'The model whose noise levels are used.' })

/** A schedule as a value. */
export function sigmasValue(sigmas: readonly number[]): SigmasValue {
  return floatTensor([sigmas.length], Float32Array.from(sigmas))
}

export const basicScheduler: NodeDefinition = defineNode({
  ...about,
  type: 'BasicScheduler',
  title: 'BasicScheduler',
  description: 'A schedule by its name: where the steps lie between noise and picture.',
  inputs: { model },
  params: {
    scheduler: param.choice({ options: Object.keys(schedulers), description: 'The curve.' }),
    steps: param.int({ default: 20, min: 1, max: 10000, description: 'Denoising steps.' }),
    denoise: param.float({
      default: 1,
      min: 0,
      max: 1,
      step: 0.01,
      description: 'Share of the noise that is added and removed: below 1 the given latent shows through.',
    }),
  },
  outputs: { sigmas: port.sigmas() },
  run: ({ inputs, params: { scheduler, steps, denoise } }) => ({
    sigmas: sigmasValue(
      sigmasFor({ sampling: samplingOf(inputs.model), scheduler: schedulerOf(scheduler), steps, denoise }),
    ),
  }),
})

export const betaSamplingScheduler: NodeDefinition = defineNode({
  ...about,
  type: 'BetaSamplingScheduler',
  title: 'BetaSamplingScheduler',
  description: 'Steps at the quantiles of a beta distribution over the model’s noise levels.',
  inputs: { model },
  params: {
    steps: param.int({ default: 20, min: 1, max: 10000, description: 'Denoising steps.' }),
    alpha: param.float({
      default: 0.6,
      min: 0,
      max: 50,
      step: 0.01,
      description: 'Below 1 puts more steps at the noise.',
    }),
    beta: param.float({
      default: 0.6,
      min: 0,
      max: 50,
      step: 0.01,
      description: 'Below 1 puts more steps at the end.',
    }),
  },
  outputs: { sigmas: port.sigmas() },
  run: ({ inputs, params: { steps, alpha, beta } }) => ({
    sigmas: sigmasValue(
      betaSchedule(samplingOf(inputs.model) satisfies ModelSampling, steps, { alpha, beta }),
    ),
  }),
})
