/**
 * iPNDM: Adams-Bashforth weights for steps of equal width, order up to 4, whatever the widths are. Zhang, Chen, "Fast
 * Sampling of Diffusion Models with Exponential Integrator" (arXiv:2204.13902), section 3.3 and appendix; the weights
 * are those of Liu et al., "Pseudo Numerical Methods" (arXiv:2202.09778), eq. 12.
 */
import { sigmaAt } from './define-sampler.ts'
import { defineMultistep } from './linear-multistep.ts'
import type { Sample } from './sampler.ts'

const adamsBashforth: readonly (readonly number[])[] = [
  [1],
  [3 / 2, -1 / 2],
  [23 / 12, -16 / 12, 5 / 12],
  [55 / 24, -59 / 24, 37 / 24, -9 / 24],
]

/** One evaluation a step, order up to 4. */
export const sampleIpndm: Sample = defineMultistep('ipndm', 4, ({ sigmas, step, order }) => {
  const width = sigmaAt(sigmas, step + 1) - sigmaAt(sigmas, step)
  return (adamsBashforth[order - 1] ?? []).map((weight) => width * weight)
})
