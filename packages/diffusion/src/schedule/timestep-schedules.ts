/**
 * Schedules that are even in the model's timesteps. The timestep of a sigma is the sigma itself (times a constant), so
 * the shift acts a second time on sigma_min: a property of the schedules people know, kept as it is.
 */
import { linspace, toFloat32 } from './linspace.ts'
import { type ModelSampling, sigmaOfTime, sigmaRange } from './model-sampling.ts'

/** Below this a last sigma counts as 0. */
const negligible = 1e-5

/** `normal`: even from σ_max to σ_min, both included, then 0. Length steps + 1. */
export function normalSchedule(sampling: ModelSampling, steps: number): readonly number[] {
  const { min, max } = sigmaRange(sampling)
  const last = sigmaOfTime(sampling, min)
  const kept = last > negligible ? linspace(max, min, steps) : linspace(max, min, steps + 1).slice(0, -1)
  return [...toFloat32(kept.map((time) => sigmaOfTime(sampling, time))), 0]
}

/** `sgm_uniform`: the same over one point more, of which the last is replaced by 0. Length steps + 1. */
export function sgmUniformSchedule(sampling: ModelSampling, steps: number): readonly number[] {
  const { min, max } = sigmaRange(sampling)
  const times = linspace(max, min, steps + 1).slice(0, -1)
  return [...toFloat32(times.map((time) => sigmaOfTime(sampling, time))), 0]
}
