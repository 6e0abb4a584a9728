import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import { roundHalfEven } from '@dicache/tensor'
import { pictureShape } from '../pixels/shapes.ts'
import { SCALE_METHODS, scaleImage } from '../scale/scale-image.ts'

/** Pixels of one megapixel, as the setting counts them. */
const MEGAPIXEL = 1024 * 1024

/** Scales pictures to a number of pixels. */
export const imageScaleToTotalPixels: NodeDefinition = defineNode({
  type: 'ImageScaleToTotalPixels',
  version: 1,
  title: 'ImageScaleToTotalPixels',
  category: 'image/upscaling',
  description: 'Scales pictures so that they have about so many pixels, and keeps their aspect.',
  inputs: { image: port.image() },
  params: {
    upscale_method: param.choice({
      options: SCALE_METHODS,
      description: 'area and lanczos suit pictures that become smaller; the others take single pixels.',
    }),
    megapixels: param.float({
      default: 1,
      min: 0.01,
      max: 16,
      step: 0.01,
      description: '1 is 1024 × 1024 pixels.',
    }),
  },
  outputs: { image: port.image() },
  run({ inputs: { image }, params: { upscale_method: method, megapixels } }) {
    const [, height, width] = pictureShape(image)
    const factor = Math.sqrt(Math.trunc(megapixels * MEGAPIXEL) / (width * height))
    const widthPx = Math.max(1, roundHalfEven(width * factor))
    const heightPx = Math.max(1, roundHalfEven(height * factor))
    return { image: scaleImage(image, { widthPx, heightPx, method, crop: 'disabled' }) }
  },
})
