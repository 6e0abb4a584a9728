/**
 * The linear multistep method: the Adams-Bashforth formula for steps of any width, order up to 4. Its weights are the
 * integrals of Lagrange polynomials in σ. Hairer, Nørsett, Wanner, "Solving Ordinary Differential Equations I",
 * III.1 eq. 1.6 and III.5; for diffusion as "PLMS" in Liu et al. (arXiv:2202.09778), and in k-diffusion.
 */
import { sigmaAt } from './define-sampler.ts'
import { lagrangeIntegral } from './lagrange.ts'
import { defineMultistep } from './linear-multistep.ts'
import type { Sample } from './sampler.ts'

/** One evaluation a step, order up to 4. */
export const sampleLms: Sample = defineMultistep('lms', 4, ({ sigmas, step, order }) => {
  const nodes = Array.from({ length: order }, (_, i) => sigmaAt(sigmas, step - i))
  return nodes.map((sigma, i) => lagrangeIntegral(nodes, i, [nodes[0] ?? sigma, sigmaAt(sigmas, step + 1)]))
})
