/** Schedules that pick entries of the model's sigma table. */
import { betaQuantile } from './beta-quantile.ts'
import { type ModelSampling, sigmaTable } from './model-sampling.ts'

/** `simple`: every (length / steps)-th entry from the noisy end, then 0. Length steps + 1. */
export function simpleSchedule(sampling: ModelSampling, steps: number): readonly number[] {
  const table = sigmaTable(sampling)
  const stride = table.length / steps
  const indices = Array.from({ length: steps }, (_, i) => table.length - 1 - Math.trunc(i * stride))
  return [...pick(table, indices), 0]
}

/**
 * `ddim_uniform`: entries 1, 1 + k, 1 + 2k … for the whole stride k = ⌊length / steps⌋, descending, then 0.
 * May be longer than steps + 1.
 */
export function ddimUniformSchedule(sampling: ModelSampling, steps: number): readonly number[] {
  const table = sigmaTable(sampling)
  const stride = Math.max(1, Math.floor(table.length / steps))
  const count = Math.ceil((table.length - 1) / stride)
  const indices = Array.from({ length: count }, (_, i) => 1 + (count - 1 - i) * stride)
  return [...pick(table, indices), 0]
}

/**
 * `beta`: entries at quantiles of a beta distribution, then 0. Equal neighbours are dropped, so it
 * may be shorter than steps + 1. Lee et al., "Beta Sampling is All You Need" (arXiv:2407.12173), section 4.
 */
export function betaSchedule(
  sampling: ModelSampling,
  steps: number,
  { alpha, beta }: { readonly alpha: number; readonly beta: number } = { alpha: 0.6, beta: 0.6 },
): readonly number[] {
  if (!(alpha > 0 && beta > 0))
    throw new RangeError(`beta: alpha and beta must be above 0, and are ${alpha} and ${beta}`)
  const table = sigmaTable(sampling)
  const indices = Array.from({ length: steps }, (_, i) =>
    roundHalfEven(betaQuantile(1 - i / steps, alpha, beta) * (table.length - 1)),
  )
  return [
    ...pick(
      table,
      indices.filter((index, i) => index !== indices[i - 1]),
    ),
    0,
  ]
}

function pick(table: readonly number[], indices: readonly number[]): readonly number[] {
  return indices.map((index) => {
    const sigma = table[index]
    if (sigma === undefined) throw new RangeError(`schedule: the sigma table has no entry ${index}`)
    return sigma
  })
}

function roundHalfEven(value: number): number {
  const rounded = Math.round(value)
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded
}
