/**
 * Heun++: Heun's method (Karras et al., arXiv:2206.00364, algorithm 1) with derivatives at up to three noise levels.
 * There is no paper; the sd-webui-samplers-scheduler project (MIT) introduced it. With slopes d, d₂ and d₃ at σ, σ₂, σ₃:
 *   x + (σ₂ - σ)·((1 - w₂ - w₃)·d + w₂·d₂ + w₃·d₃), w_k = σ_k / (3 σ_max),
 * and at the last step but one x + (σ₂ - σ)·((1 - w₂)·d + w₂·d₂), w₂ = σ₂ / (2 σ_max).
 */
import { weightedSum } from '@dicache/tensor'
import { defineSampler, sigmaAt } from './define-sampler.ts'
import { derivative, towards } from './prediction.ts'
import type { Sample } from './sampler.ts'

/** Three evaluations a step, two at the last but one, one at the last. */
export const sampleHeunpp2: Sample = defineSampler('heunpp2', ({ sigmas, steps }) => {
  const first = sigmaAt(sigmas, 0)
  return async ({ x, step, sigma, next, evaluate }) => {
    const denoised = await evaluate(x, sigma)
    const x2 = towards(x, denoised, next / sigma)
    if (step === steps - 1) return { x: x2, denoised }
    const slope = derivative(x, denoised, sigma)
    const denoised2 = await evaluate(x2, next, 1)
    const slope2 = derivative(x2, denoised2, next)
    const width = next - sigma
    if (step === steps - 2) {
      const weight = next / (2 * first)
      return { x: weightedSum([1, x], [width * (1 - weight), slope], [width * weight, slope2]), denoised }
    }
    const beyond = sigmaAt(sigmas, step + 2)
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
