/** Schedules that are curves between σ_max and σ_min of the model, ending in 0. */
import { linspace, toFloat32 } from './linspace.ts'
import { type ModelSampling, sigmaRange } from './model-sampling.ts'
import { exponentialSigmas, karrasSigmas } from './sigma-curves.ts'

/**
 * `karras`: even in σ^(1/ρ), ρ = 7. Length steps + 1.
 * Karras et al., "Elucidating the Design Space of Diffusion-Based Generative Models" (arXiv:2206.00364), eq. 5.
 */
export function karrasSchedule(sampling: ModelSampling, steps: number): readonly number[] {
  return karrasSigmas({ steps, ...sigmaRange(sampling), rho: 7 })
}

/** `exponential`: even in ln σ. Length steps + 1. */
export function exponentialSchedule(sampling: ModelSampling, steps: number): readonly number[] {
  return exponentialSigmas({ steps, ...sigmaRange(sampling) })
}

/**
 * `kl_optimal`: even in arctan σ. Length steps + 1.
 * Sabour et al., "Align Your Steps" (arXiv:2404.14507), section 3.1.
 * @throws RangeError for one step, where the formula is 0/0.
 */
export function klOptimalSchedule(sampling: ModelSampling, steps: number): readonly number[] {
  if (steps < 2) throw new RangeError('kl_optimal: the schedule is not defined for one step; use 2 or more')
  const { min, max } = sigmaRange(sampling)
  return [...toFloat32(linspace(Math.atan(max), Math.atan(min), steps).map(Math.tan)), 0]
}

/**
 * `linear_quadratic`: half of the steps go straight from 1 to 1 - 0.025, the rest follow a parabola to 0.
 * Length steps + 1. Polyak et al., "Movie Gen" (arXiv:2410.13720), section 3.4.2.
 */
export function linearQuadraticSchedule(sampling: ModelSampling, steps: number): readonly number[] {
  const { max } = sigmaRange(sampling)
  if (steps === 1) return [max, 0]
  const threshold = 0.025
  const straight = Math.floor(steps / 2)
  const curved = steps - straight
  const rest = straight - threshold * steps
  const a = rest / (straight * curved ** 2)
  const b = threshold / straight - (2 * rest) / curved ** 2
  const denoised = Array.from({ length: steps }, (_, i) =>
    i < straight ? (i * threshold) / straight : a * i ** 2 + b * i + a * straight ** 2,
  )
  return [...toFloat32(denoised.map((value) => max * (1 - value))), 0]
}
