import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import { flipAlong, swapAxes } from '@dicache/tensor'
import { pictureShape } from '../pixels/shapes.ts'

/** Turns pictures clockwise. */
export const imageRotate: NodeDefinition = defineNode({
  type: 'ImageRotate',
  version: 1,
  title: 'ImageRotate',
  category: 'image/transform',
  description: 'Turns pictures clockwise.',
  inputs: { image: port.image() },
  params: {
    rotation: param.choice({
      options: ['none', '90 degrees', '180 degrees', '270 degrees'],
      description: 'How far, clockwise.',
    }),
  },
  outputs: { image: port.image() },
  run({ inputs: { image }, params: { rotation } }) {
    pictureShape(image)
    switch (rotation) {
      case 'none':
        return { image }
      case '90 degrees':
        return { image: swapAxes(flipAlong(image, 1), 1) }
      case '180 degrees':
        return { image: flipAlong(flipAlong(image, 1), 2) }
      case '270 degrees':
        return { image: swapAxes(flipAlong(image, 2), 1) }
    }
  },
})
