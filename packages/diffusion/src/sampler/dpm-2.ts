/**
 * DPM-Solver-2: the midpoint method with the midpoint in ln σ. Lu et al., "DPM-Solver" (arXiv:2206.00927),
 * algorithm 1 with r₁ = 1/2, in the form of Karras et al. (arXiv:2206.00364), algorithm 2 without noise.
 */
import { axpy } from '@dicache/tensor'
import { defineSampler, type StepInput, type StepResult } from './define-sampler.ts'
import { derivative, towards } from './prediction.ts'
import type { Sample } from './sampler.ts'

/** Two evaluations a step (one at the last), second order. */
export const sampleDpm2: Sample = defineSampler('dpm_2', () => midpointStep)

/** One midpoint step from σ to `next`; to 0 it is Euler's. */
export async function midpointStep({ x, sigma, next, evaluate }: StepInput): Promise<StepResult> {
  const denoised = await evaluate(x, sigma)
  if (next === 0) return { x: denoised, denoised }
  const middle = Math.fround(Math.sqrt(sigma * next))
  const xMiddle = towards(x, denoised, middle / sigma)
  const slope = derivative(xMiddle, await evaluate(xMiddle, middle, 1), middle)
  return { x: axpy(next - sigma, slope, x), denoised }
}
