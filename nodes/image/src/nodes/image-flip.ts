import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import { flipAlong } from '@dicache/tensor'
import { pictureShape } from '../pixels/shapes.ts'

/** Mirrors pictures. */
export const imageFlip: NodeDefinition = defineNode({
  type: 'ImageFlip',
  version: 1,
  title: 'ImageFlip',
  category: 'image/transform',
  description: 'Mirrors pictures.',
  inputs: { image: port.image() },
  params: {
    flip_method: param.choice({
      options: ['x-axis: vertically', 'y-axis: horizontally'],
      description: 'vertically: upside down; horizontally: left and right change places.',
    }),
  },
  outputs: { image: port.image() },
  run({ inputs: { image }, params: { flip_method: method } }) {
    pictureShape(image)
    return { image: flipAlong(image, method === 'x-axis: vertically' ? 1 : 2) }
  },
})
