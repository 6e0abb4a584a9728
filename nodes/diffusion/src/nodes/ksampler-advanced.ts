import { samplers, schedulers } from '@dicache/diffusion'
import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import { sampleLatent } from '../pipeline/sample-latent.ts'
import type { ModelValue } from '../pipeline/values.ts'

/** A part of a sampling run, for runs that go on in another node. */
export const ksamplerAdvanced: NodeDefinition = defineNode({
  type: 'KSamplerAdvanced',
  version: 1,
  title: 'KSampler (Advanced)',
  category: 'sampling',
  description: 'Denoises a latent from one step to another, so that a second sampler can go on.',
  inputs: {
    model: port.model<ModelValue>({ description: 'The model; a step cache on it (DiCache) is used.' }),
    positive: port.conditioning({ description: 'What the picture shows.' }),
    negative: port.conditioning({ description: 'What it should not show.' }),
    latent_image: port.latent({ description: 'The latent to denoise.' }),
  },
  params: {
    add_noise: param.choice({
      options: ['enable', 'disable'],
      description: 'disable: the latent has its noise already.',
    }),
    noise_seed: param.seed({ description: 'The start noise: equal seeds give equal pictures.' }),
    steps: param.int({ default: 20, min: 1, max: 10000, description: 'Steps of the whole schedule.' }),
    cfg: param.float({
      default: 8,
      min: 0,
      max: 100,
      step: 0.1,
      round: 0.01,
      description: 'How far away from the negative prompt; 1 leaves it out.',
    }),
    sampler_name: param.choice({
      options: Object.keys(samplers),
      description: 'How a step follows the model.',
    }),
    scheduler: param.choice({ options: Object.keys(schedulers), description: 'Where the steps lie.' }),
    start_at_step: param.int({ default: 0, min: 0, max: 10000, description: 'The first step taken.' }),
    end_at_step: param.int({ default: 10000, min: 0, max: 10000, description: 'The first step not taken.' }),
    return_with_leftover_noise: param.choice({
      options: ['disable', 'enable'],
      description: 'enable: keep the noise that is left, for the sampler that goes on.',
    }),
  },
  order: [
    'model',
    'add_noise',
    'noise_seed',
    'steps',
    'cfg',
    'sampler_name',
    'scheduler',
    'positive',
    'negative',
    'latent_image',
    'start_at_step',
    'end_at_step',
    'return_with_leftover_noise',
  ],
  outputs: { latent: port.latent() },
  async run({ inputs, params, ...services }) {
    const { start_at_step: start, end_at_step: end, return_with_leftover_noise: leftover } = params
    const { latent } = await sampleLatent(
      {
        ...inputs,
        latent: inputs.latent_image,
        seed: params.noise_seed,
        steps: params.steps,
        cfg: params.cfg,
        sampler: params.sampler_name,
        scheduler: params.scheduler,
        denoise: 1,
        probe: undefined,
        addNoise: params.add_noise === 'enable',
        cut(sigmas) {
          const isCut = end < sigmas.length - 1
          const until = isCut ? sigmas.slice(0, end + 1) : sigmas
          const ended = isCut && leftover === 'disable' ? [...until.slice(0, -1), 0] : until
          return start < ended.length - 1 ? ended.slice(start) : []
        },
      },
      services,
    )
    return { latent }
  },
})
