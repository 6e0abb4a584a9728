import { defineNode, type NodeDefinition, port } from '@dicache/sdk'
import { pictureShape } from '../pixels/shapes.ts'

/** The size of a batch of pictures. */
export const getImageSize: NodeDefinition = defineNode({
  type: 'GetImageSize',
  version: 1,
  title: 'Get Image Size',
  category: 'image',
  description: 'Width and height in pixels, and how many pictures there are.',
  inputs: { image: port.image() },
  outputs: { width: port.int(), height: port.int(), batch_size: port.int() },
  run({ inputs }) {
    const [batch, height, width] = pictureShape(inputs.image)
    return { width, height, batch_size: batch }
  },
})
