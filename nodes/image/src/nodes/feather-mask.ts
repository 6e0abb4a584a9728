import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import { featherMask as feather } from '../pixels/feather.ts'

const side = (name: string) =>
  param.int({ default: 0, min: 0, max: 16384, description: `Pixels over which it fades ${name}.` })

/** Fades masks out towards their borders. */
export const featherMask: NodeDefinition = defineNode({
  type: 'FeatherMask',
  version: 1,
  title: 'FeatherMask',
  category: 'mask',
  description: 'Fades masks out towards the borders of the picture.',
  inputs: { mask: port.mask() },
  params: {
    left: side('on the left'),
    top: side('above'),
    right: side('on the right'),
    bottom: side('below'),
  },
  outputs: { mask: port.mask() },
  run: ({ inputs: { mask }, params }) => ({ mask: feather(mask, params) }),
})
