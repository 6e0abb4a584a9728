import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import { full, pasteInto } from '@dicache/tensor'
import { outpaintMask } from '../pixels/outpaint-mask.ts'
import { pictureShape } from '../pixels/shapes.ts'

const side = (name: string) =>
  param.int({ default: 0, min: 0, max: 16384, step: 8, description: `Pixels to add ${name}.` })

/** Makes room around pictures for a sampler to fill. */
export const imagePadForOutpaint: NodeDefinition = defineNode({
  type: 'ImagePadForOutpaint',
  version: 1,
  title: 'Pad Image for Outpainting',
  category: 'image',
  description: 'Adds grey room around pictures, and the mask of it for a sampler to fill.',
  inputs: { image: port.image() },
  params: {
    left: side('on the left'),
    top: side('above'),
    right: side('on the right'),
    bottom: side('below'),
    feathering: param.int({
      default: 40,
      min: 0,
      max: 16384,
      description: 'Pixels over which the mask fades into the picture.',
    }),
  },
  outputs: { image: port.image(), mask: port.mask() },
  run({ inputs: { image }, params }) {
    const [batch, height, width, channels] = pictureShape(image)
    const { left, top, right, bottom } = params
    const padded = full([batch, height + top + bottom, width + left + right, channels], 0.5)
    pasteInto(padded, image, [0, top, left, 0])
    return { image: padded, mask: outpaintMask({ height, width }, params) }
  },
})
