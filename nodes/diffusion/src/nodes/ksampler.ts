import { defineNode, type NodeDefinition, port } from '@dicache/sdk'
import { sampleLatent } from '../pipeline/sample-latent.ts'
import type { ModelValue } from '../pipeline/values.ts'
import { samplingParams } from './sampling-params.ts'

/** ComfyUI's sampler node. A step cache attached to the model (`DiCache`) is used. */
export const ksampler: NodeDefinition = defineNode({
  type: 'KSampler',
  version: 1,
  title: 'KSampler',
  category: 'sampling',
  description: 'Denoises a latent step by step. Put DiCache before it to reuse steps.',
  inputs: {
    model: port.model<ModelValue>(),
    positive: port.conditioning({ description: 'What the picture shows.' }),
    negative: port.conditioning({ description: 'What it should not show.' }),
    latent_image: port.latent({ description: 'The latent to denoise.' }),
  },
  params: samplingParams,
  order: [
    'model',
    'seed',
    'steps',
    'cfg',
    'sampler_name',
    'scheduler',
    'positive',
    'negative',
    'latent_image',
    'denoise',
  ],
  outputs: { latent: port.latent() },
  async run({ inputs, params, ...services }) {
    const { latent } = await sampleLatent(
      { ...inputs, latent: inputs.latent_image, ...params, sampler: params.sampler_name, probe: undefined },
      services,
    )
    return { latent }
  },
})
