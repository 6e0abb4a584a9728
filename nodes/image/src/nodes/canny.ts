import { defineNode, HostError, type NodeDefinition, param, port } from '@dicache/sdk'
import { cannyEdges } from '../pixels/canny.ts'
import { maskToPicture } from '../pixels/mask-to-picture.ts'
import { pictureShape } from '../pixels/shapes.ts'

/** Draws the edges of pictures. */
export const canny: NodeDefinition = defineNode({
  type: 'Canny',
  version: 1,
  title: 'Canny',
  category: 'image/preprocessors',
  description: 'Draws the edges of pictures in white on black.',
  inputs: { image: port.image() },
  params: {
    low_threshold: param.float({
      default: 0.4,
      min: 0.01,
      max: 0.99,
      step: 0.01,
      description: 'Weaker changes of brightness are no edge.',
    }),
    high_threshold: param.float({
      default: 0.8,
      min: 0.01,
      max: 0.99,
      step: 0.01,
      description: 'Stronger ones always are; those between only where they touch one.',
    }),
  },
  outputs: { image: port.image() },
  run({ inputs: { image }, params: { low_threshold: low, high_threshold: high } }) {
    const [, , , channels] = pictureShape(image)
    if (channels !== 3)
      throw new HostError('WRONG_SHAPE', `edges are found in RGB; this picture has ${channels} channels`)
    if (low > high) {
      throw new HostError(
        'VALUE_OUT_OF_RANGE',
        `the low threshold (${low}) is above the high one (${high}); lower it`,
      )
    }
    return { image: maskToPicture(cannyEdges(image, { low, high })) }
  },
})
