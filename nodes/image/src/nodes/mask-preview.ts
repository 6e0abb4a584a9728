import { defineNode, type NodeDefinition, port } from '@dicache/sdk'
import { maskToPicture } from '../pixels/mask-to-picture.ts'
import { saveImages } from '../save/save-images.ts'

/** Shows masks without keeping them. */
export const maskPreview: NodeDefinition = defineNode({
  type: 'MaskPreview',
  version: 1,
  title: 'MaskPreview',
  category: 'mask',
  description: 'Shows masks as grey pictures. They are written into the temporary folder.',
  inputs: { mask: port.mask() },
  output: true,
  async run({ inputs, ...context }) {
    const images = await saveImages(
      { images: maskToPicture(inputs.mask), prefix: 'mask', kind: 'temp', compression: 1 },
      context,
    )
    return { ui: { images: images.map((file) => ({ ...file })) } }
  },
})
