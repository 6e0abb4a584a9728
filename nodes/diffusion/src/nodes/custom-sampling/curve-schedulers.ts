/** Schedules that are curves between two noise levels, for any model. */
import {
  exponentialSigmas,
  karrasSigmas,
  laplaceSigmas,
  polyexponentialSigmas,
  vpSigmas,
} from '@dicache/diffusion'
import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import { sigmasValue } from './model-schedulers.ts'

const about = { version: 1, category: 'sampling/custom_sampling/schedulers' } as const
const steps = param.int({ default: 20, min: 1, max: 10000, description: 'Denoising steps.' })
const bound = (value: number, description: string) =>
  param.float({ default: value, min: 0, max: 5000, step: 0.01, round: 0.0001, description })
const sigmaMax = bound(14.614642, 'The first noise level; flow models (FLUX) want 1.')
const sigmaMin = bound(0.0291675, 'The last one before 0.')
const shape = (value: number, max: number, description: string) =>
  param.float({ default: value, min: 0, max, step: 0.01, round: 0.0001, description })

export const karrasScheduler: NodeDefinition = defineNode({
  ...about,
  type: 'KarrasScheduler',
  title: 'KarrasScheduler',
  description: 'Even in a root of the noise level (Karras et al. 2022).',
  params: { steps, sigma_max: sigmaMax, sigma_min: sigmaMin, rho: shape(7, 100, 'Which root.') },
  outputs: { sigmas: port.sigmas() },
  run: ({ params: p }) => ({
    sigmas: sigmasValue(karrasSigmas({ steps: p.steps, max: p.sigma_max, min: p.sigma_min, rho: p.rho })),
  }),
})

export const exponentialScheduler: NodeDefinition = defineNode({
  ...about,
  type: 'ExponentialScheduler',
  title: 'ExponentialScheduler',
  description: 'Even in the logarithm of the noise level.',
  params: { steps, sigma_max: sigmaMax, sigma_min: sigmaMin },
  outputs: { sigmas: port.sigmas() },
  run: ({ params: p }) => ({
    sigmas: sigmasValue(exponentialSigmas({ steps: p.steps, max: p.sigma_max, min: p.sigma_min })),
  }),
})

export const polyexponentialScheduler: NodeDefinition = defineNode({
  ...about,
  type: 'PolyexponentialScheduler',
  title: 'PolyexponentialScheduler',
  description: 'A power of time in the logarithm of the noise level.',
  params: { steps, sigma_max: sigmaMax, sigma_min: sigmaMin, rho: shape(1, 100, 'The power; 1 is even.') },
  outputs: { sigmas: port.sigmas() },
  run: ({ params: p }) => ({
    sigmas: sigmasValue(
      polyexponentialSigmas({ steps: p.steps, max: p.sigma_max, min: p.sigma_min, rho: p.rho }),
    ),
  }),
})

export const laplaceScheduler: NodeDefinition = defineNode({
  ...about,
  type: 'LaplaceScheduler',
  title: 'LaplaceScheduler',
  description: 'Noise levels distributed as Laplace’s curve over their logarithm; it does not end in 0.',
  params: {
    steps,
    sigma_max: sigmaMax,
    sigma_min: sigmaMin,
    mu: param.float({ default: 0, min: -10, max: 10, step: 0.1, round: 0.0001, description: 'The middle.' }),
    beta: param.float({ default: 0.5, min: 0, max: 10, step: 0.1, round: 0.0001, description: 'The width.' }),
  },
  outputs: { sigmas: port.sigmas() },
  run: ({ params: p }) => ({
    sigmas: sigmasValue(
      laplaceSigmas({ steps: p.steps, max: p.sigma_max, min: p.sigma_min, mu: p.mu, beta: p.beta }),
    ),
  }),
})

export const vpScheduler: NodeDefinition = defineNode({
  ...about,
  type: 'VPScheduler',
  title: 'VPScheduler',
  description: 'The noise levels of a variance-preserving process (Song et al. 2021).',
  params: {
    steps,
    beta_d: shape(19.9, 5000, 'Growth of the noise.'),
    beta_min: shape(0.1, 5000, 'Noise at the start of time.'),
    eps_s: shape(0.001, 1, 'The last time before 0.'),
  },
  outputs: { sigmas: port.sigmas() },
  run: ({ params: p }) => ({
    sigmas: sigmasValue(vpSigmas({ steps: p.steps, betaD: p.beta_d, betaMin: p.beta_min, last: p.eps_s })),
  }),
})
