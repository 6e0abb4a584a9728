/** iPNDM with the widths of the steps. */
import { sigmaAt } from './define-sampler.ts'
import { lagrangeIntegral } from './lagrange.ts'
import { defineMultistep } from './linear-multistep.ts'
import type { Sample } from './sampler.ts'

/** One evaluation a step, order up to 4. */
export const sampleIpndmV: Sample = defineMultistep('ipndm_v', 4, ({ sigmas, step, order }) => {
  const nodes = Array.from({ length: order }, (_, i) => sigmaAt(sigmas, step - i))
  return nodes.map((sigma, i) => lagrangeIntegral(nodes, i, [nodes[0] ?? sigma, sigmaAt(sigmas, step + 1)]))
})
