/**
 * iPNDM with the widths of the steps: Adams-Bashforth weights for steps of any width, order up to 4, as backward
 * differences (Hairer, Nørsett, Wanner, "Solving Ordinary Differential Equations I", III.5 eq. 5.12). Zhang, Chen,
 * "Fast Sampling of Diffusion Models with Exponential Integrator" (arXiv:2204.13902), appendix; the variable-step form
 * is the diff-sampler project's (arXiv:2312.00094). It is kept as published, with two differences from the textbook:
 * in the third-order term 1 - …/3 spans the whole product instead of multiplying it, and the oldest of four weights has
 * h₁/h₂ where h₂/h₃ would make the weights sum to 1. Exact Adams-Bashforth is `lms`.
 */
import { sigmaAt } from './define-sampler.ts'
import { defineMultistep } from './linear-multistep.ts'
import type { Sample } from './sampler.ts'

/** One evaluation a step, order up to 4. */
export const sampleIpndmV: Sample = defineMultistep('ipndm_v', 4, ({ sigmas, step, order }) => {
  const width = (back: number): number => sigmaAt(sigmas, step + 1 - back) - sigmaAt(sigmas, step - back)
  return relativeWeights(Array.from({ length: order }, (_, back) => width(back))).map(
    (weight) => weight * width(0),
  )
})

/**
 * Weights of the derivatives, the newest first, for a step of width 1.
 * @param widths - of this step and the ones before it, the newest first
 */
function relativeWeights(widths: readonly number[]): readonly number[] {
  const [h = Number.NaN, h1, h2, h3] = widths
  if (h1 === undefined) return [1]
  const second = h / h1 / 2
  if (h2 === undefined) return [1 + second, -second]
  const ratio = h1 / h2
  const third = (1 - ((h / (3 * (h + h1))) * (h * (h + h1))) / (h1 * (h1 + h2))) / 2
  const upToThird = [1 + second + third, -second - (1 + ratio) * third, ratio * third] as const
  if (h3 === undefined) return upToThird
  const span = h + h1 + h2
  const fourth =
    (((1 - h / (3 * (h + h1))) / 2 + ((1 - h / (2 * (h + h1))) * h) / (6 * span)) * h * (h + h1) * span) /
    (h1 * (h1 + h2) * (h1 + h2 + h3))
  const spread = (h1 * (h1 + h2)) / (h2 * (h2 + h3))
  return [
    upToThird[0] + fourth,
    upToThird[1] - (1 + ratio + spread) * fourth,
    upToThird[2] + (ratio + spread * (1 + h2 / h3)) * fourth,
    -fourth * spread * ratio,
  ]
}
