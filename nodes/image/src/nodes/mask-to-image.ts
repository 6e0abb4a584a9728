import { defineNode, type NodeDefinition, port } from '@dicache/sdk'
import { maskToPicture } from '../pixels/mask-to-picture.ts'

/** Masks as grey pictures. */
export const maskToImage: NodeDefinition = defineNode({
  type: 'MaskToImage',
  version: 1,
  title: 'Convert Mask to Image',
  category: 'mask',
  description: 'Masks as grey pictures: white is chosen.',
  inputs: { mask: port.mask() },
  outputs: { image: port.image() },
  run: ({ inputs: { mask } }) => ({ image: maskToPicture(mask) }),
})
