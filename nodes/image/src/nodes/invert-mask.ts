import { defineNode, type NodeDefinition, port } from '@dicache/sdk'
import { mapValues } from '@dicache/tensor'

/** Chooses what was not chosen. */
export const invertMask: NodeDefinition = defineNode({
  type: 'InvertMask',
  version: 1,
  title: 'InvertMask',
  category: 'mask',
  description: 'Chooses what was not chosen: every value becomes 1 minus itself.',
  inputs: { mask: port.mask() },
  outputs: { mask: port.mask() },
  run: ({ inputs: { mask } }) => ({ mask: mapValues(mask, (value) => 1 - value) }),
})
