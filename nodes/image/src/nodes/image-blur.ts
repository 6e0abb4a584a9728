import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import { blurImage } from '../pixels/blur.ts'
import { pictureShape } from '../pixels/shapes.ts'

/** Blurs pictures. */
export const imageBlur: NodeDefinition = defineNode({
  type: 'ImageBlur',
  version: 1,
  title: 'ImageBlur',
  category: 'image/postprocessing',
  description: 'Blurs pictures with a Gaussian bell.',
  inputs: { image: port.image() },
  params: {
    blur_radius: param.int({ default: 1, min: 1, max: 31, description: 'How far it reaches, in pixels.' }),
    sigma: param.float({
      default: 1,
      min: 0.1,
      max: 10,
      step: 0.1,
      description: 'Width of the bell, in units of the radius: small is sharp, large is a flat mean.',
    }),
  },
  outputs: { image: port.image() },
  run({ inputs: { image }, params: { blur_radius: radiusPx, sigma } }) {
    pictureShape(image)
    return { image: blurImage(image, { radiusPx, sigma }) }
  },
})
