import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import { mapValues } from '@dicache/tensor'

/** Makes masks of ones and zeros. */
export const thresholdMask: NodeDefinition = defineNode({
  type: 'ThresholdMask',
  version: 1,
  title: 'ThresholdMask',
  category: 'mask',
  description: 'Makes every value above the threshold 1, and all others 0.',
  inputs: { mask: port.mask() },
  params: {
    value: param.float({ default: 0.5, min: 0, max: 1, step: 0.01, description: 'The threshold.' }),
  },
  outputs: { mask: port.mask() },
  run({ inputs: { mask }, params }) {
    // Masks are float32, and so is the number they are compared with.
    const threshold = Math.fround(params.value)
    return { mask: mapValues(mask, (value) => (value > threshold ? 1 : 0)) }
  },
})
