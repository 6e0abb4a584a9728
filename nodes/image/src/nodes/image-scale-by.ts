import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import { roundHalfEven } from '@dicache/tensor'
import { pictureShape } from '../pixels/shapes.ts'
import { SCALE_METHODS, scaleImage } from '../scale/scale-image.ts'

/** Scales pictures by a factor. */
export const imageScaleBy: NodeDefinition = defineNode({
  type: 'ImageScaleBy',
  version: 1,
  title: 'Upscale Image By',
  category: 'image/upscaling',
  description: 'Scales pictures by a factor.',
  inputs: { image: port.image() },
  params: {
    upscale_method: param.choice({
      options: SCALE_METHODS,
      description: 'area and lanczos suit pictures that become smaller; the others take single pixels.',
    }),
    scale_by: param.float({
      default: 1,
      min: 0.01,
      max: 8,
      step: 0.01,
      description: 'Factor of both sides.',
    }),
  },
  outputs: { image: port.image() },
  run({ inputs: { image }, params: { upscale_method: method, scale_by: factor } }) {
    const [, height, width] = pictureShape(image)
    const widthPx = Math.max(1, roundHalfEven(width * factor))
    const heightPx = Math.max(1, roundHalfEven(height * factor))
    return { image: scaleImage(image, { widthPx, heightPx, method, crop: 'disabled' }) }
  },
})
