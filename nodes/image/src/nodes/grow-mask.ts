import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import { spread } from '@dicache/tensor'
import { maskShape } from '../pixels/shapes.ts'

/** Makes masks larger or smaller. */
export const growMask: NodeDefinition = defineNode({
  type: 'GrowMask',
  version: 1,
  title: 'GrowMask',
  category: 'mask',
  description: 'Makes what a mask chooses larger, or smaller with a negative number.',
  inputs: { mask: port.mask() },
  params: {
    expand: param.int({
      default: 0,
      min: -16384,
      max: 16384,
      description: 'Pixels on each side; negative ones take away.',
    }),
    tapered_corners: param.boolean({ default: true, description: 'Grow as a diamond instead of a square.' }),
  },
  outputs: { mask: port.mask() },
  run({ inputs: { mask }, params: { expand, tapered_corners: tapered }, signal }) {
    const [, height, width] = maskShape(mask)
    // Beyond this the mask is all one value.
    const times = Math.min(Math.abs(expand), height + width)
    let grown = mask
    for (let n = 0; n < times; n += 1) {
      signal.throwIfAborted()
      grown = spread(grown, { largest: expand > 0, corners: !tapered })
    }
    return { mask: grown }
  },
})
