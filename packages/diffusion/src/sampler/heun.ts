/**
 * Heun's method. Karras et al., "Elucidating the Design Space of Diffusion-Based Generative Models" (arXiv:2206.00364),
 * algorithm 1: the derivatives at both ends of the step are averaged; the step to 0 is Euler's.
 */
import { weightedSum } from '@dicache/tensor'
import { defineSampler } from './define-sampler.ts'
import { derivative, towards } from './prediction.ts'
import type { Sample } from './sampler.ts'

/** Two evaluations a step (one at the last), second order. */
export const sampleHeun: Sample = defineSampler('heun', () => async ({ x, sigma, next, evaluate }) => {
  const denoised = await evaluate(x, sigma)
  const euler = towards(x, denoised, next / sigma)
  if (next === 0) return { x: euler, denoised }
  const slope = derivative(x, denoised, sigma)
  const endSlope = derivative(euler, await evaluate(euler, next, 1), next)
  const half = (next - sigma) / 2
  return { x: weightedSum([1, x], [half, slope], [half, endSlope]), denoised }
})
