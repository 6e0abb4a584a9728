/** Sampling from parts: noise, guider, sampler and schedule. */
import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import type { GuiderValue } from '../../pipeline/guider.ts'
import { runGuider } from '../../pipeline/run-guider.ts'
import { cfgGuider } from '../../pipeline/sample-latent.ts'
import type { ModelValue, NoiseValue, SamplerValue } from '../../pipeline/values.ts'

const about = { version: 1, category: 'sampling/custom_sampling' } as const
const outputs = { output: port.latent(), denoised_output: port.latent() } as const
const parts = {
  sampler: port.sampler<SamplerValue>({ description: 'How a step follows the model.' }),
  sigmas: port.sigmas({ description: 'Where the steps lie.' }),
  latent_image: port.latent({ description: 'The latent to denoise.' }),
} as const

export const samplerCustomAdvanced: NodeDefinition = defineNode({
  ...about,
  type: 'SamplerCustomAdvanced',
  title: 'SamplerCustomAdvanced',
  description:
    'Denoises a latent by noise, guider, sampler and schedule. A step cache on the guider’s model is used.',
  inputs: {
    noise: port.noise<NoiseValue>({ description: 'Where it starts.' }),
    guider: port.guider<GuiderValue>({ description: 'What steers it.' }),
    ...parts,
  },
  outputs,
  async run({ inputs: { noise, guider, sampler, sigmas, latent_image: latent }, ...services }) {
    const result = await runGuider(
      {
        guider,
        sampler: sampler.name,
        scheduler: 'custom',
        sigmas: [...sigmas.data],
        noise,
        latent,
        probe: undefined,
      },
      services,
    )
    return { output: result.latent, denoised_output: result.denoised }
  },
})

export const samplerCustom: NodeDefinition = defineNode({
  ...about,
  type: 'SamplerCustom',
  title: 'SamplerCustom',
  description: 'Denoises a latent by sampler and schedule, with a negative prompt.',
  inputs: {
    model: port.model<ModelValue>({ description: 'The model; a step cache on it (DiCache) is used.' }),
    positive: port.conditioning({ description: 'What the picture shows.' }),
    negative: port.conditioning({ description: 'What it should not show.' }),
    ...parts,
  },
  params: {
    add_noise: param.boolean({ default: true, description: 'Off: the latent has its noise already.' }),
    noise_seed: param.seed({ description: 'The start noise: equal seeds give equal pictures.' }),
    cfg: param.float({
      default: 8,
      min: 0,
      max: 100,
      step: 0.1,
      round: 0.01,
      description: 'How far away from the negative prompt; 1 leaves it out.',
    }),
  },
  outputs,
  async run({ inputs, params, ...services }) {
    const { model, sampler, sigmas, latent_image: latent } = inputs
    const result = await runGuider(
      {
        guider: cfgGuider(model, { ...inputs, cfg: params.cfg }),
        sampler: sampler.name,
        scheduler: 'custom',
        sigmas: [...sigmas.data],
        noise: { seed: params.noise_seed, isEmpty: !params.add_noise },
        latent,
        probe: undefined,
      },
      services,
    )
    return { output: result.latent, denoised_output: result.denoised }
  },
})
