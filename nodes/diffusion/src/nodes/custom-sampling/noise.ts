/** Where sampling starts, as values. */
import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import type { NoiseValue } from '../../pipeline/values.ts'

const about = { version: 1, category: 'sampling/custom_sampling/noise' } as const

export const randomNoise: NodeDefinition = defineNode({
  ...about,
  type: 'RandomNoise',
  title: 'RandomNoise',
  description: 'The start noise of a seed.',
  params: { noise_seed: param.seed({ description: 'Equal seeds give equal noise.' }) },
  outputs: { noise: port.noise<NoiseValue>() },
  run: ({ params }) => ({ noise: { seed: params.noise_seed, isEmpty: false } }),
})

export const disableNoise: NodeDefinition = defineNode({
  ...about,
  type: 'DisableNoise',
  title: 'DisableNoise',
  description: 'No start noise: the latent has it already, as the second of two samplers finds it.',
  outputs: { noise: port.noise<NoiseValue>() },
  run: () => ({ noise: { seed: 0n, isEmpty: true } }),
})
