/**
 * DPM-Solver++(2S) with ancestral noise. Lu et al., "DPM-Solver++" (arXiv:2211.01095), algorithm 1 with r = 1/2, in
 * λ = ln((1 - σ)/σ) of flow models, to the lower level of `ancestral.ts`, then noise.
 */
import { weightedSum } from '@dicache/tensor'
import { flowAncestralStep } from './ancestral.ts'
import { defineSampler } from './define-sampler.ts'
import { flowSpace } from './log-snr.ts'
import { towards } from './prediction.ts'
import type { Sample } from './sampler.ts'

/** The middle of the first step, where λ(1) is infinite and has no middle. */
const firstMiddle = Math.fround(0.9999)

/** Two evaluations and one noise tensor a step (one evaluation, no noise at the last). */
export const sampleDpmpp2sAncestral: Sample = defineSampler(
  'dpmpp_2s_ancestral',
  ({ drawNoise }) =>
    async ({ x, sigma, next, evaluate }) => {
      const denoised = await evaluate(x, sigma)
      if (next === 0) return { x: denoised, denoised }
      const { down, keep, up } = flowAncestralStep(sigma, next, 1)
      const middle = sigma === 1 ? firstMiddle : middleOf(sigma, down)
      const xMiddle = towards(x, denoised, middle / sigma)
      const lower = towards(x, await evaluate(xMiddle, middle, 1), down / sigma)
      return { x: weightedSum([keep, lower], [up, drawNoise(x.shape)]), denoised }
    },
)

/** The sigma half-way in λ. */
function middleOf(sigma: number, next: number): number {
  const lambda = (flowSpace.lambda(sigma) + flowSpace.lambda(next)) / 2
  return Math.fround(1 / (Math.exp(lambda) + 1))
}
