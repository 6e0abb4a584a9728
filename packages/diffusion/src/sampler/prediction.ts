/**
 * The three ways to say what a flow model predicts at x = σ·noise + (1 - σ)·x₀: the velocity v = noise - x₀, the image
 * x₀ = x - σ·v, and the derivative dx/dσ = (x - x₀)/σ, which is v again.
 */
import { axpy, type FloatTensor, weightedSum } from '@dicache/tensor'

/** x₀ = x - σ·v, from the velocity that FLUX, WAN and HunyuanVideo give. */
export function velocityToDenoised(x: FloatTensor, velocity: FloatTensor, sigma: number): FloatTensor {
  return axpy(-sigma, velocity, x)
}

/** dx/dσ = (x - x₀)/σ. @param sigma - above 0 */
export function derivative(x: FloatTensor, denoised: FloatTensor, sigma: number): FloatTensor {
  return weightedSum([1 / sigma, x], [-1 / sigma, denoised])
}

/**
 * ratio·x + (1 - ratio)·x₀: an Euler step from σ to ratio·σ, along the straight line from x to x₀.
 * @param ratio - next / σ; 0 gives x₀ itself
 */
export function towards(x: FloatTensor, denoised: FloatTensor, ratio: number): FloatTensor {
  return ratio === 0 ? denoised : weightedSum([ratio, x], [1 - ratio, denoised])
}

/** x_σ = σ·noise + (1 - σ)·latent: where sampling starts. With σ = 1 it is the noise. */
export function noiseLatent(latent: FloatTensor, noise: FloatTensor, sigma: number): FloatTensor {
  return weightedSum([sigma, noise], [1 - sigma, latent])
}

/**
 * The latent to hand on when a run ends at σ > 0 (leftover noise): x / (1 - σ), which {@link noiseLatent} with zero
 * noise undoes.
 * @param sigma - below 1
 */
export function unscaleLatent(x: FloatTensor, sigma: number): FloatTensor {
  return sigma === 0 ? x : weightedSum([1 / (1 - sigma), x])
}
