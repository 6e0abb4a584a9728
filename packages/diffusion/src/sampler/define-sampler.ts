/** The loop that all samplers share: steps, abort, the step's event. A sampler itself is only its formula. */
import type { FloatTensor } from '@dicache/tensor'
import type { DrawNoise, Sample } from './sampler.ts'

/** One step to be taken. */
export type StepInput = {
  readonly x: FloatTensor
  readonly step: number
  readonly sigma: number
  readonly next: number
  /** The model's x₀ prediction. @defaultValue order 0 */
  readonly evaluate: (x: FloatTensor, sigma: number, order?: number) => Promise<FloatTensor>
}

/** A step taken: the new latent, and the x₀ prediction it began with. */
export type StepResult = { readonly x: FloatTensor; readonly denoised: FloatTensor }

/** What a run knows before its first step. */
export type RunInput = {
  readonly sigmas: readonly number[]
  readonly steps: number
  /** @throws TypeError when the caller gave no noise. */
  readonly drawNoise: DrawNoise
}

/**
 * Makes a sampler of a formula.
 * @param name - of the sampler, for messages
 * @param start - begins a run and gives the function that takes its steps; what that keeps between steps dies with it
 */
export function defineSampler(
  name: string,
  start: (run: RunInput) => (step: StepInput) => Promise<StepResult>,
): Sample {
  return async function sample(denoise, x, sigmas, options = {}) {
    const steps = sigmas.length - 1
    if (steps < 1) return x
    const drawNoise: DrawNoise = (shape) => {
      if (options.noise === undefined)
        throw new TypeError(`${name}: the sampler needs noise, and none was given`)
      return options.noise(shape)
    }
    const takeStep = start({ sigmas, steps, drawNoise })
    let current = x
    for (const [step, next] of sigmas.slice(1).entries()) {
      const sigma = sigmaAt(sigmas, step)
      const evaluate = (at: FloatTensor, level: number, order = 0): Promise<FloatTensor> => {
        options.signal?.throwIfAborted()
        return denoise(at, level, { step, order })
      }
      const result = await takeStep({ x: current, step, sigma, next, evaluate })
      current = result.x
      await options.onStep?.({ step, steps, sigma, next, x: current, denoised: result.denoised })
    }
    return current
  }
}

/** An entry of a sigma list. @throws RangeError when there is none. */
export function sigmaAt(sigmas: readonly number[], index: number): number {
  const sigma = sigmas[index]
  if (sigma === undefined) throw new RangeError(`sampler: ${sigmas.length} sigmas have no entry ${index}`)
  return sigma
}
