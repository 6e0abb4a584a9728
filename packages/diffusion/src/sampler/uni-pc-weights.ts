/**
 * The weights of UniPC. Zhao et al., "UniPC" (arXiv:2302.04867), Theorem 3.1 (the corrector UniC) and Corollary 3.2 (the
 * predictor UniP), for data prediction: with h the step's width in λ and m the x₀ predictions, both are
 *   x_t = (σ_t/σ_0) x - α_t ((e^{-h} - 1) m_0 + B(h) Σ ρ_k (m_k - m_0)/r_k),
 * with ρ from the theorem's linear system R ρ = b over r_k = (λ_k - λ_0)/h, and r = 1 for the new prediction.
 */
import { solveLinear } from './solve-linear.ts'

/** B(h) of the paper: `bh1` is h, `bh2` is e^h - 1 (both with h negated for data prediction). */
export type UniPcVariant = 'bh1' | 'bh2'

/** A step in λ. */
export type UniPcStep = {
  readonly variant: UniPcVariant
  /** h > 0; infinite for a step to σ = 0, which must be of first order. */
  readonly width: number
  /** r_k of the predictions before m_0, the newest first: all negative. */
  readonly ratios: readonly number[]
}

/** What m_0, the predictions before it, and (in the corrector) the new one are multiplied with, inside α_t(…). */
export type UniPcWeights = {
  readonly current: number
  readonly earlier: readonly number[]
  readonly corrected: number
}

/** The predictor's weights. Its order is the number of ratios + 1. */
export function predictorWeights(step: UniPcStep): UniPcWeights {
  // Order 2 takes ρ = 1/2, which the paper shows to be enough, and needs no system.
  const rhos = step.ratios.length === 1 ? [0.5] : solveRhos(step, step.ratios)
  return weightsOf(step, rhos, 0)
}

/** The corrector's weights. Its order is that of the predictor. */
export function correctorWeights(step: UniPcStep): UniPcWeights {
  const rhos = step.ratios.length === 0 ? [0.5] : solveRhos(step, [...step.ratios, 1])
  return weightsOf(step, rhos.slice(0, -1), rhos.at(-1) ?? 0)
}

function weightsOf(step: UniPcStep, rhos: readonly number[], rhoNew: number): UniPcWeights {
  const scale = rhos.length === 0 && rhoNew === 0 ? 0 : bOf(step)
  const earlier = rhos.map((rho, k) => (scale * rho) / (step.ratios[k] ?? Number.NaN))
  const corrected = scale * rhoNew
  const current = Math.expm1(-step.width) - corrected - earlier.reduce((sum, weight) => sum + weight, 0)
  return { current, earlier, corrected }
}

function bOf({ variant, width }: UniPcStep): number {
  return variant === 'bh1' ? -width : Math.expm1(-width)
}

/** R ρ = b: rows of powers of r, and b_i = i!·φ_{i+1}(-h)·(-h) / B(h). */
function solveRhos(step: UniPcStep, ratios: readonly number[]): readonly number[] {
  const h = -step.width
  const right: number[] = []
  let phi = Math.expm1(h) / h - 1
  let factorial = 1
  for (let i = 1; i <= ratios.length; i++) {
    right.push((phi * factorial) / bOf(step))
    factorial *= i + 1
    phi = phi / h - 1 / factorial
  }
  return solveLinear(
    right.map((_, power) => ratios.map((ratio) => ratio ** power)),
    right,
  )
}
