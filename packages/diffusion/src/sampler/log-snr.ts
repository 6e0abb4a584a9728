/**
 * The two views of a noise level that exponential integrators work in: x = α·image + σ·noise, λ = ln(α/σ).
 * Both describe the same ODE; a multistep formula gives slightly different numbers in each.
 */

/** α and λ of a noise level. */
export type LogSnr = {
  readonly alpha: (sigma: number) => number
  /** Half the logarithm of the signal-to-noise ratio; infinite at σ = 0. */
  readonly lambda: (sigma: number) => number
}

/** Flow matching as it is, α = 1 - σ: what diffusers and the official pipelines use. λ(1) = -∞. */
export const flowSpace: LogSnr = {
  alpha: (sigma) => 1 - sigma,
  lambda: (sigma) => Math.log((1 - sigma) / sigma),
}

/** Flow matching read as variance exploding, α = 1: what ComfyUI and k-diffusion use. */
export const explodingSpace: LogSnr = {
  alpha: () => 1,
  lambda: (sigma) => -Math.log(sigma),
}
