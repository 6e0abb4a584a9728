import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import { samplers } from '@dicache/diffusion'
import { samplerOf } from '../../pipeline/sample-latent.ts'
import type { SamplerValue } from '../../pipeline/values.ts'

/** A sampler by its name. */
export const ksamplerSelect: NodeDefinition = defineNode({
  type: 'KSamplerSelect',
  version: 1,
  title: 'KSamplerSelect',
  category: 'sampling/custom_sampling/samplers',
  description: 'A sampler by its name: how a step follows the model.',
  params: {
    sampler_name: param.choice({
      options: Object.keys(samplers),
      description: 'How a step follows the model.',
    }),
  },
  outputs: { sampler: port.sampler<SamplerValue>() },
  run: ({ params }) => ({ sampler: { name: samplerOf(params.sampler_name) } }),
})
