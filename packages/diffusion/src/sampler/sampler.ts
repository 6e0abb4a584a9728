/** What a sampler is: the functions and values every file of this folder shares. */
import type { FloatTensor } from '@dicache/tensor'

/** Which model evaluation of a run this is: what a step cache needs to know. */
export type StepInfo = {
  /** Index of the step, from 0: `sigmas[step]` is the noise level it starts at. */
  readonly step: number
  /** 0 for the evaluation a step starts with; 1, 2 … for further evaluations inside the same step. */
  readonly order: number
}

/**
 * The denoised image x₀ that the model predicts from `x` at noise level `sigma` (0 … 1, float32). A model that predicts
 * the velocity v goes through `velocityToDenoised`. Called one at a time; the result must stay as it is afterwards,
 * because samplers keep it for later steps, and `x` must not be written to.
 */
export type Denoise = (x: FloatTensor, sigma: number, info: StepInfo) => Promise<FloatTensor>

/** Fresh standard normal noise of a shape, in a fixed order: `createTorchGenerator(seed).randn`. */
export type DrawNoise = (shape: readonly number[]) => FloatTensor

/** A finished step. */
export type SamplerStep = {
  /** Index from 0. */
  readonly step: number
  readonly steps: number
  /** Noise levels before and after the step. */
  readonly sigma: number
  readonly next: number
  /** The latent after the step. */
  readonly x: FloatTensor
  /** The x₀ prediction that the step began with: what a preview shows. */
  readonly denoised: FloatTensor
}

/** What a caller may add to a run. */
export type SampleOptions = {
  /** Called after every step; awaited. */
  readonly onStep?: (event: SamplerStep) => void | Promise<void>
  /** Checked before every model evaluation; the run rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** Needed by samplers that add noise on the way (`stochastic` in the registry). */
  readonly noise?: DrawNoise
}

/**
 * Takes `x` from noise level `sigmas[0]` down to the last one, step by step. Nothing is mutated. An empty list, or one
 * of a single sigma, has no step and gives `x` back.
 */
export type Sample = (
  denoise: Denoise,
  x: FloatTensor,
  sigmas: readonly number[],
  options?: SampleOptions,
) => Promise<FloatTensor>
