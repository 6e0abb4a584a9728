import { defineNode, HostError, type NodeDefinition, param, port } from '@dicache/sdk'
import { cutToSize } from '../pixels/cut.ts'
import { maskShape } from '../pixels/shapes.ts'

/** Cuts a rectangle out of masks. */
export const cropMask: NodeDefinition = defineNode({
  type: 'CropMask',
  version: 1,
  title: 'CropMask',
  category: 'mask',
  description: 'Cuts a rectangle out of masks. It ends at the border.',
  inputs: { mask: port.mask() },
  params: {
    x: param.int({ default: 0, min: 0, max: 16384, description: 'Left edge, in pixels.' }),
    y: param.int({ default: 0, min: 0, max: 16384, description: 'Upper edge, in pixels.' }),
    width: param.int({ default: 512, min: 1, max: 16384, description: 'Pixels.' }),
    height: param.int({ default: 512, min: 1, max: 16384, description: 'Pixels.' }),
  },
  outputs: { mask: port.mask() },
  run({ inputs: { mask }, params: { x, y, width, height } }) {
    const [, ownHeight, ownWidth] = maskShape(mask)
    if (x >= ownWidth || y >= ownHeight) {
      throw new HostError(
        'VALUE_OUT_OF_RANGE',
        `the rectangle starts at ${x}, ${y}, outside the mask of ${ownWidth} × ${ownHeight} pixels`,
      )
    }
    return { mask: cutToSize(mask, { leftPx: x, topPx: y, width, height }) }
  },
})
