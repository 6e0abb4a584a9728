/**
 * Euler's method with ancestral noise. The step is Karras et al.'s (arXiv:2206.00364), algorithm 2 with an Euler step;
 * the noise's share follows from x_σ = σ·noise + (1 - σ)·image of flow models (see `ancestral.ts`).
 */
import { weightedSum } from '@dicache/tensor'
import { flowAncestralStep } from './ancestral.ts'
import { defineSampler } from './define-sampler.ts'
import { towards } from './prediction.ts'
import type { Sample } from './sampler.ts'

/** One evaluation and one noise tensor a step (none at the last). */
export const sampleEulerAncestral: Sample = defineSampler(
  'euler_ancestral',
  ({ drawNoise }) =>
    async ({ x, sigma, next, evaluate }) => {
      const denoised = await evaluate(x, sigma)
      if (next === 0) return { x: denoised, denoised }
      const { down, keep, up } = flowAncestralStep(sigma, next, 1)
      const lower = towards(x, denoised, down / sigma)
      return { x: weightedSum([keep, lower], [up, drawNoise(x.shape)]), denoised }
    },
)
