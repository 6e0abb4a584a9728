import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import { full } from '@dicache/tensor'

/** A mask of one value. */
export const solidMask: NodeDefinition = defineNode({
  type: 'SolidMask',
  version: 1,
  title: 'SolidMask',
  category: 'mask',
  description: 'A mask of one value.',
  params: {
    value: param.float({ default: 1, min: 0, max: 1, step: 0.01, description: '1 is chosen, 0 is not.' }),
    width: param.int({ default: 512, min: 1, max: 16384, description: 'Pixels.' }),
    height: param.int({ default: 512, min: 1, max: 16384, description: 'Pixels.' }),
  },
  outputs: { mask: port.mask() },
  run: ({ params: { value, width, height } }) => ({ mask: full([1, height, width], value) }),
})
