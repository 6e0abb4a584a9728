/**
 * Gradient estimation: each step's direction is corrected by the change since the step before. Permenter, Yuan,
 * "Interpreting and Improving Diffusion Models from an Optimization Perspective" (arXiv:2306.04848), algorithm 2
 * with γ = 2: the direction is γ·d + (1 - γ)·d_before.
 */
import { sigmaAt } from './define-sampler.ts'
import { defineMultistep } from './linear-multistep.ts'
import type { Sample } from './sampler.ts'

const gamma = 2

/** One evaluation a step. */
export const sampleGradientEstimation: Sample = defineMultistep(
  'gradient_estimation',
  2,
  ({ sigmas, step, order }) => {
    const width = sigmaAt(sigmas, step + 1) - sigmaAt(sigmas, step)
    return order === 1 ? [width] : [width * gamma, width * (1 - gamma)]
  },
)
