import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import { cutToSize } from '../pixels/cut.ts'
import { pictureShape } from '../pixels/shapes.ts'

/** Cuts a rectangle out of pictures. */
export const imageCrop: NodeDefinition = defineNode({
  type: 'ImageCrop',
  version: 1,
  title: 'Image Crop',
  category: 'image/transform',
  description:
    'Cuts a rectangle out of pictures. It ends at the border; one that starts outside starts at the last pixel.',
  inputs: { image: port.image() },
  params: {
    width: param.int({ default: 512, min: 1, max: 16384, description: 'Pixels.' }),
    height: param.int({ default: 512, min: 1, max: 16384, description: 'Pixels.' }),
    x: param.int({ default: 0, min: 0, max: 16384, description: 'Left edge, in pixels.' }),
    y: param.int({ default: 0, min: 0, max: 16384, description: 'Upper edge, in pixels.' }),
  },
  outputs: { image: port.image() },
  run({ inputs: { image }, params: { width, height, x, y } }) {
    const [, ownHeight, ownWidth] = pictureShape(image)
    const leftPx = Math.min(x, ownWidth - 1)
    const topPx = Math.min(y, ownHeight - 1)
    return { image: cutToSize(image, { leftPx, topPx, width, height }) }
  },
})
