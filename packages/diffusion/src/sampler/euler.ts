/**
 * Euler's method on dx/dσ = (x - x₀)/σ. Karras et al., "Elucidating the Design Space of Diffusion-Based Generative
 * Models" (arXiv:2206.00364), algorithm 1 without the correction; for flow models the same line as Liu et al.,
 * "Flow Straight and Fast" (arXiv:2209.03003), eq. 1. DDIM (arXiv:2010.02502, eq. 12 with σ_t = 0) is this too.
 */
import { defineSampler } from './define-sampler.ts'
import { towards } from './prediction.ts'
import type { Sample } from './sampler.ts'

/** One evaluation a step, first order. */
export const sampleEuler: Sample = defineSampler('euler', () => async ({ x, sigma, next, evaluate }) => {
  const denoised = await evaluate(x, sigma)
  return { x: towards(x, denoised, next / sigma), denoised }
})
