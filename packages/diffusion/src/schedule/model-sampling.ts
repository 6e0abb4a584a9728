/**
 * How a flow-matching model relates time to noise: x_σ = σ·noise + (1 - σ)·image, σ from 1 (noise) to 0 (image).
 * Esser et al., "Scaling Rectified Flow Transformers" (arXiv:2403.03206), eq. 23, is the `flow` shift; the `flux` shift
 * is the same with shift = e^μ.
 */

/**
 * `flux`: shift is μ, of which σ(t) = e^μ / (e^μ + 1/t - 1); the model's timestep is σ itself.
 * `flow`: σ(t) = shift·t / (1 + (shift - 1)·t); the model's timestep is σ·multiplier.
 */
export type ModelSampling =
  | { readonly kind: 'flux'; readonly shift: number }
  | { readonly kind: 'flow'; readonly shift: number; readonly multiplier: number }

/** Noise level of a time. @param time - 0 … 1 */
export function sigmaOfTime(sampling: ModelSampling, time: number): number {
  switch (sampling.kind) {
    case 'flux':
      return exponentialShift(time, sampling.shift)
    case 'flow':
      return linearShift(time, sampling.shift)
  }
}

/** What the model is given as its timestep at a noise level. */
export function timestepOfSigma(sampling: ModelSampling, sigma: number): number {
  return sampling.kind === 'flow' ? sigma * sampling.multiplier : sigma
}

/** The noise levels a scheduler picks from, float32 and ascending: 10000 for `flux`, 1000 for `flow`; the last is 1. */
export function sigmaTable(sampling: ModelSampling): readonly number[] {
  const length = sampling.kind === 'flux' ? 10_000 : 1000
  return Array.from({ length }, (_, i) => Math.fround(sigmaOfTime(sampling, (i + 1) / length)))
}

/** The first and the last entry of {@link sigmaTable}. */
export function sigmaRange(sampling: ModelSampling): { readonly min: number; readonly max: number } {
  const table = sigmaTable(sampling)
  return { min: table.at(0) ?? 0, max: table.at(-1) ?? 1 }
}

/** shift·t / (1 + (shift - 1)·t): 0 and 1 stay, a shift above 1 spends more steps at high noise. */
export function linearShift(time: number, shift: number): number {
  return (shift * time) / (1 + (shift - 1) * time)
}

/** e^μ / (e^μ + 1/t - 1), which is {@link linearShift} with shift = e^μ. */
export function exponentialShift(time: number, mu: number): number {
  return Math.exp(mu) / (Math.exp(mu) + (1 / time - 1))
}
