/**
 * Heun++: derivatives at up to three noise levels, weighted by the levels. Chen et al., "Accelerating Vision Diffusion
 * Transformers with Skip Branches"-era solver of the diff-sampler project (Zhou et al., "Fast ODE-based Sampling for
 * Diffusion Models in Around 5 Steps", arXiv:2312.00094, appendix).
 */
import { weightedSum } from '@dicache/tensor'
import { defineSampler, sigmaAt } from './define-sampler.ts'
import { derivative, towards } from './prediction.ts'
import type { Sample } from './sampler.ts'

/** Three evaluations a step, two at the last but one, one at the last. */
export const sampleHeunpp2: Sample = defineSampler('heunpp2', ({ sigmas }) => {
  const first = sigmaAt(sigmas, 0)
  return async ({ x, step, sigma, next, evaluate }) => {
    const denoised = await evaluate(x, sigma)
    const x2 = towards(x, denoised, next / sigma)
    if (next === 0) return { x: x2, denoised }
    const slope = derivative(x, denoised, sigma)
    const denoised2 = await evaluate(x2, next, 1)
    const slope2 = derivative(x2, denoised2, next)
    const width = next - sigma
    const beyond = sigmaAt(sigmas, step + 2)
    if (beyond === 0) {
      const weight = next / (2 * first)
      return { x: weightedSum([1, x], [width * (1 - weight), slope], [width * weight, slope2]), denoised }
    }
    const x3 = towards(x2, denoised2, beyond / next)
    const slope3 = derivative(x3, await evaluate(x3, beyond, 2), beyond)
    const weight2 = next / (3 * first)
    const weight3 = beyond / (3 * first)
    return {
      x: weightedSum(
        [1, x],
        [width * (1 - weight2 - weight3), slope],
        [width * weight2, slope2],
        [width * weight3, slope3],
      ),
      denoised,
    }
  }
})
