/** Curves of noise levels between two bounds that the caller gives, for any model. float32, most with a 0 at the end. */
import { linspace, toFloat32 } from './linspace.ts'

/** How many steps, and between which noise levels. */
export type SigmaBounds = { readonly steps: number; readonly max: number; readonly min: number }

/** Even in σ^(1/ρ). Karras et al., arXiv:2206.00364, eq. 5. Length steps + 1. */
export function karrasSigmas({
  steps,
  max,
  min,
  rho,
}: SigmaBounds & { readonly rho: number }): readonly number[] {
  return [...toFloat32(linspace(max ** (1 / rho), min ** (1 / rho), steps).map((root) => root ** rho)), 0]
}

/** Even in ln σ. Length steps + 1. */
export function exponentialSigmas({ steps, max, min }: SigmaBounds): readonly number[] {
  return [...toFloat32(linspace(Math.log(max), Math.log(min), steps).map(Math.exp)), 0]
}

/** ln σ falls as a power ρ of time. Length steps + 1. */
export function polyexponentialSigmas({
  steps,
  max,
  min,
  rho,
}: SigmaBounds & { readonly rho: number }): readonly number[] {
  const times = linspace(1, 0, steps).map((time) => time ** rho)
  const slope = Math.log(max) - Math.log(min)
  return [...toFloat32(times.map((time) => Math.exp(time * slope + Math.log(min)))), 0]
}

/** Keeps the logarithm of the ends of time finite. */
const LAPLACE_EPSILON = 1e-5

/** Quantiles of a Laplace distribution of ln σ. Hang et al., arXiv:2407.03297. Length steps, without a 0 at the end. */
export function laplaceSigmas({
  steps,
  max,
  min,
  mu,
  beta,
}: SigmaBounds & { readonly mu: number; readonly beta: number }): readonly number[] {
  return toFloat32(
    linspace(0, 1, steps).map((time) => {
      const side = Math.sign(0.5 - time)
      const level = Math.exp(mu - beta * side * Math.log(1 - 2 * Math.abs(0.5 - time) + LAPLACE_EPSILON))
      return Math.min(max, Math.max(min, level))
    }),
  )
}

/** √(e^(β_d·t²/2 + β_min·t) − 1) for t from 1 to `last`. Song et al., arXiv:2011.13456. Length steps + 1. */
export function vpSigmas({
  steps,
  betaD,
  betaMin,
  last,
}: {
  readonly steps: number
  readonly betaD: number
  readonly betaMin: number
  readonly last: number
}): readonly number[] {
  const levels = linspace(1, last, steps).map((time) =>
    Math.sqrt(Math.expm1((betaD * time ** 2) / 2 + betaMin * time)),
  )
  return [...toFloat32(levels), 0]
}
