/** A diffusion model that is known exactly, for this package's tests: every value is normal with its own mean and deviation. */
import { type FloatTensor, floatTensor, randn } from '@dicache/tensor'
import type { Denoise, Sample, StepInfo } from '../sampler/sampler.ts'

/** The model's x₀ prediction, and where its ODE takes noise from σ = 1. */
export type Gaussian = {
  readonly denoise: Denoise
  /** Each call of `denoise`, in order. */
  readonly calls: readonly (StepInfo & { readonly sigma: number })[]
  readonly noise: FloatTensor
  /** The trajectory from the noise: x_σ = (1 - σ)·mean + √((1 - σ)²·deviation² + σ²)·noise. */
  readonly exactAt: (sigma: number) => FloatTensor
}

/** Makes the model anew, with no calls yet. */
export function createGaussian(): Gaussian {
  const shape = [1, 2, 3, 4]
  const means = randn(shape, 11)
  const noise = randn(shape, 12)
  const deviation = (i: number): number => 0.3 + 0.05 * i
  const calls: (StepInfo & { sigma: number })[] = []
  return {
    noise,
    exactAt: (sigma) =>
      mapped(noise, (value, i) => {
        const spread = Math.hypot((1 - sigma) * deviation(i), sigma)
        return (1 - sigma) * at(means, i) + spread * value
      }),
    calls,
    async denoise(x, sigma, info) {
      calls.push({ ...info, sigma })
      return mapped(x, (value, i) => {
        const variance = ((1 - sigma) * deviation(i)) ** 2 + sigma ** 2
        const rest = value - (1 - sigma) * at(means, i)
        return at(means, i) + (((1 - sigma) * deviation(i) ** 2) / variance) * rest
      })
    },
  }
}

/** The order of a sampler: log₂ of how much the error falls when the steps are halved in width. */
export async function convergenceOrder(sample: Sample, steps: number): Promise<number> {
  const coarse = await largestError(sample, steps)
  const fine = await largestError(sample, 2 * steps)
  return Math.log2(coarse / fine)
}

/** The largest error after even steps from σ = 0.9 to 0.05, where the ODE is smooth in every view of it. */
async function largestError(sample: Sample, steps: number): Promise<number> {
  const { denoise, exactAt } = createGaussian()
  const [start, end] = [0.9, 0.05]
  const sigmas = Array.from({ length: steps + 1 }, (_, i) => start + ((end - start) * i) / steps)
  const got = await sample(denoise, exactAt(start), sigmas)
  const exact = exactAt(end)
  return got.data.reduce((worst, value, i) => Math.max(worst, Math.abs(value - at(exact, i))), 0)
}

function mapped(x: FloatTensor, change: (value: number, index: number) => number): FloatTensor {
  return floatTensor(x.shape, x.data.map(change))
}

function at(x: FloatTensor, index: number): number {
  return x.data[index] ?? Number.NaN
}
