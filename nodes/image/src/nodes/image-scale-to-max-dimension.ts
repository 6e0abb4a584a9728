import { defineNode, HostError, type NodeDefinition, param, port } from '@dicache/sdk'
import { roundHalfEven } from '@dicache/tensor'
import { pictureShape } from '../pixels/shapes.ts'
import { scaleImage } from '../scale/scale-image.ts'

/** Scales pictures to a longest side. */
export const imageScaleToMaxDimension: NodeDefinition = defineNode({
  type: 'ImageScaleToMaxDimension',
  version: 1,
  title: 'ImageScaleToMaxDimension',
  category: 'image/upscaling',
  description: 'Scales pictures so that their longer side has a length, and keeps their aspect.',
  inputs: { image: port.image() },
  params: {
    upscale_method: param.choice({
      options: ['area', 'lanczos', 'bilinear', 'nearest-exact', 'bicubic'],
      description: 'area and lanczos suit pictures that become smaller; the others take single pixels.',
    }),
    largest_size: param.int({ default: 512, min: 0, max: 16384, description: 'Longer side, in pixels.' }),
  },
  outputs: { image: port.image() },
  run({ inputs: { image }, params: { upscale_method: method, largest_size: longest } }) {
    if (longest < 1)
      throw new HostError('VALUE_OUT_OF_RANGE', 'a picture of 0 pixels cannot be made; set largest_size')
    const [, height, width] = pictureShape(image)
    const widthPx = width >= height ? longest : Math.max(1, roundHalfEven((width / height) * longest))
    const heightPx = height >= width ? longest : Math.max(1, roundHalfEven((height / width) * longest))
    return { image: scaleImage(image, { widthPx, heightPx, method, crop: 'disabled' }) }
  },
})
