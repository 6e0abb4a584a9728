/**
 * RES, the refined exponential solver, as a multistep method of second order in λ = -ln σ. Zhang et al., "Improved
 * Order Analysis and Design of Exponential Integrator for Diffusion Models Sampling" (arXiv:2308.02157), the
 * second-order conditions of section 3 with c₂ the place of the step before: b₂ = φ₂(-h)/c₂, b₁ = φ₁(-h) - b₂.
 */
import { type FloatTensor, weightedSum } from '@dicache/tensor'
import { explodingAncestralStep } from './ancestral.ts'
import { defineSampler } from './define-sampler.ts'
import { explodingSpace } from './log-snr.ts'
import { towards } from './prediction.ts'
import type { Sample } from './sampler.ts'

/** One evaluation a step, second order. */
export const sampleResMultistep: Sample = resMultistep('res_multistep', 0)

/**
 * With ancestral noise of variance-exploding diffusion, which leaves more noise in a flow model than it expects.
 * One evaluation and one noise tensor a step (none at the last).
 */
export const sampleResMultistepAncestral: Sample = resMultistep('res_multistep_ancestral', 1)

/** What a step leaves for the next one: its x₀ prediction, the level it began at and the level it went down to. */
type Before = { readonly denoised: FloatTensor; readonly sigma: number; readonly down: number }

function resMultistep(name: string, eta: number): Sample {
  const { lambda } = explodingSpace
  return defineSampler(name, ({ drawNoise }) => {
    let before: Before | undefined
    return async ({ x, sigma, next, evaluate }) => {
      const denoised = await evaluate(x, sigma)
      const { down, up } = explodingAncestralStep(sigma, next, eta)
      const previous = before
      before = { denoised, sigma, down }
      let lower = towards(x, denoised, down / sigma)
      if (down > 0 && previous !== undefined) {
        const width = lambda(down) - lambda(sigma)
        const c2 = (lambda(previous.sigma) - lambda(previous.down)) / width
        const phi1 = Math.expm1(-width) / -width
        const phi2 = (phi1 - 1) / -width
        lower = weightedSum(
          [Math.exp(-width), x],
          [width * (phi1 - phi2 / c2), denoised],
          [(width * phi2) / c2, previous.denoised],
        )
      }
      return { x: up > 0 ? weightedSum([1, lower], [up, drawNoise(x.shape)]) : lower, denoised }
    }
  })
}
