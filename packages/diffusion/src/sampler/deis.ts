/**
 * DEIS (tAB): the multistep method whose polynomials are in the time of a variance-preserving process. Zhang, Chen,
 * "Fast Sampling of Diffusion Models with Exponential Integrator" (arXiv:2204.13902), eq. 15 (the coefficients C_ij),
 * with dσ for the weight. The process runs from σ = 0.002 at time 0.001 to σ = 80 at time 1. Order up to 3.
 */
import { sigmaAt } from './define-sampler.ts'
import { lagrangeBasis } from './lagrange.ts'
import { defineMultistep } from './linear-multistep.ts'
import type { Sample } from './sampler.ts'

/** 1 + σ² = exp(β_d t²/2 + β_min t), fixed by its two ends. */
const end = { time: 1, level: Math.log(80 ** 2 + 1) }
const start = { time: 0.001, level: Math.log(0.002 ** 2 + 1) }
const betaD = (2 * (start.level / start.time - end.level)) / (start.time - end.time)
const betaMin = end.level - betaD / 2

/** The published quadrature: points of a step, both ends included, each with a width of 1 / points of the step. */
const points = 10_000

/** One evaluation a step, order up to 3. */
export const sampleDeis: Sample = defineMultistep('deis', 3, ({ sigmas, step, order }) => {
  const sigma = sigmaAt(sigmas, step)
  const next = sigmaAt(sigmas, step + 1)
  if (order === 1) return [next - sigma]
  const nodes = Array.from({ length: order }, (_, i) => timeOfSigma(sigmaAt(sigmas, step - i)))
  return integrals(nodes, timeOfSigma(sigma), timeOfSigma(next))
})

/** ∫ Lₖ(t) (dσ/dt) dt over the step, for each node k. */
function integrals(nodes: readonly number[], from: number, to: number): readonly number[] {
  const sums = nodes.map(() => 0)
  for (let i = 0; i < points; i++) {
    const time = from + ((to - from) * i) / (points - 1)
    const speed = sigmaSpeed(time)
    nodes.forEach((_, k) => {
      sums[k] = (sums[k] ?? 0) + speed * lagrangeBasis(nodes, k, time)
    })
  }
  return sums.map((sum) => (sum * (to - from)) / points)
}

function timeOfSigma(sigma: number): number {
  return (Math.sqrt(betaMin ** 2 + 2 * betaD * Math.log(sigma ** 2 + 1)) - betaMin) / betaD
}

/** dσ/dt = β(t)(1 + σ²) / (2σ), where β(t) = β_d t + β_min. */
function sigmaSpeed(time: number): number {
  const square = Math.expm1((betaD / 2) * time ** 2 + betaMin * time)
  return ((betaD * time + betaMin) * (1 + square)) / (2 * Math.sqrt(square))
}
