/** Multistep methods on dx/dσ: x moves by a weighted sum of this derivative and the ones before it. */
import { type FloatTensor, type Term, weightedSum } from '@dicache/tensor'
import { defineSampler } from './define-sampler.ts'
import { derivative } from './prediction.ts'
import type { Sample } from './sampler.ts'

/** Where a multistep method stands. */
export type MultistepPoint = {
  readonly sigmas: readonly number[]
  readonly step: number
  /** How many derivatives there are to weigh, the newest included: min(step + 1, the method's order). */
  readonly order: number
}

/**
 * Makes a sampler of a rule for the weights.
 * @param name - of the sampler, for messages
 * @param maxOrder - how many derivatives are kept
 * @param weights - what each derivative is multiplied with, the newest first; they hold the step's width
 */
export function defineMultistep(
  name: string,
  maxOrder: number,
  weights: (point: MultistepPoint) => readonly number[],
): Sample {
  return defineSampler(name, ({ sigmas }) => {
    let slopes: readonly FloatTensor[] = []
    return async ({ x, step, sigma, next, evaluate }) => {
      const denoised = await evaluate(x, sigma)
      if (next === 0) return { x: denoised, denoised }
      slopes = [derivative(x, denoised, sigma), ...slopes].slice(0, maxOrder)
      const factors = weights({ sigmas, step, order: slopes.length })
      const terms = slopes.map((slope, i): Term => [factors[i] ?? 0, slope])
      return { x: weightedSum([1, x], ...terms), denoised }
    }
  })
}
