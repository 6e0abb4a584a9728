import { defineNode, type NodeDefinition, port } from '@dicache/sdk'
import { sampleLatent } from '../pipeline/sample-latent.ts'
import type { ModelValue, ProbeValue } from '../pipeline/values.ts'
import { samplingParams } from './sampling-params.ts'

/** The sampler with the step cache inside, and the report of what it decided. */
export const dicacheSampler: NodeDefinition = defineNode({
  type: 'DiCacheSampler',
  version: 1,
  title: 'DiCache Sampler',
  category: 'sampling',
  description:
    'Denoises a latent, and answers steps that change little from a cache (DiCache, arXiv 2508.17356). The report says for each step whether it was computed or reused, and why.',
  inputs: {
    model: port.model<ModelValue>(),
    positive: port.conditioning({ description: 'What the picture shows.' }),
    negative: port.conditioning({ description: 'What it should not show.' }),
    latent: port.latent({ description: 'The latent to denoise.' }),
    probe: port.probe<ProbeValue>({
      optional: true,
      description: 'When to reuse; without it every step is computed.',
    }),
  },
  params: samplingParams,
  outputs: { latent: port.latent(), report: port.report() },
  async run({ inputs, params, ...services }) {
    const { probe, ...rest } = inputs
    return sampleLatent({ ...rest, ...params, sampler: params.sampler_name, probe }, services)
  },
})
