/**
 * DPM-Solver++(2M). Lu et al., "DPM-Solver++" (arXiv:2211.01095), algorithm 2: the x₀ predictions of this step and the
 * one before are extrapolated linearly in λ. The first step, and the last when it goes to 0, are of first order.
 */
import { type FloatTensor, weightedSum } from '@dicache/tensor'
import { defineSampler } from './define-sampler.ts'
import { explodingSpace, flowSpace, type LogSnr } from './log-snr.ts'
import type { Sample } from './sampler.ts'

/** ComfyUI's and k-diffusion's `dpmpp_2m`: λ = -ln σ. One evaluation a step, second order. */
export const sampleDpmpp2m: Sample = dpmpp2mIn('dpmpp_2m', explodingSpace)

/** Wan's and diffusers' DPM-Solver++ (2M, midpoint): λ = ln((1 - σ)/σ). One evaluation a step, second order. */
export const sampleFlowDpmpp2m: Sample = dpmpp2mIn('dpmpp_2m (flow)', flowSpace)

function dpmpp2mIn(name: string, { alpha, lambda }: LogSnr): Sample {
  return defineSampler(name, () => {
    let before: { readonly denoised: FloatTensor; readonly sigma: number } | undefined
    return async ({ x, sigma, next, evaluate }) => {
      const denoised = await evaluate(x, sigma)
      const previous = before
      before = { denoised, sigma }
      if (next === 0) return { x: denoised, denoised }
      const width = lambda(next) - lambda(sigma)
      const gain = -alpha(next) * Math.expm1(-width)
      if (previous === undefined) return { x: weightedSum([next / sigma, x], [gain, denoised]), denoised }
      // λ(1) may be -∞: then the prediction before it has no weight.
      const slope = width / (2 * (lambda(sigma) - lambda(previous.sigma)))
      return {
        x: weightedSum([next / sigma, x], [gain * (1 + slope), denoised], [-gain * slope, previous.denoised]),
        denoised,
      }
    }
  })
}
