import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import { roundHalfEven } from '@dicache/tensor'
import { pictureShape } from '../pixels/shapes.ts'
import { CROPS, SCALE_METHODS, scaleImage } from '../scale/scale-image.ts'

/** Scales pictures to a size. */
export const imageScale: NodeDefinition = defineNode({
  type: 'ImageScale',
  version: 1,
  title: 'Upscale Image',
  category: 'image/upscaling',
  description:
    'Scales pictures to a size. A width or height of 0 keeps the aspect; both 0 leave the picture as it is.',
  inputs: { image: port.image() },
  params: {
    upscale_method: param.choice({
      options: SCALE_METHODS,
      description: 'area and lanczos suit pictures that become smaller; the others take single pixels.',
    }),
    width: param.int({ default: 512, min: 0, max: 16384, description: 'Pixels.' }),
    height: param.int({ default: 512, min: 0, max: 16384, description: 'Pixels.' }),
    crop: param.choice({
      options: CROPS,
      description: 'center cuts the picture to the new aspect; disabled stretches it.',
    }),
  },
  outputs: { image: port.image() },
  run({ inputs: { image }, params: { width, height, upscale_method: method, crop } }) {
    if (width === 0 && height === 0) return { image }
    const [, oldHeight, oldWidth] = pictureShape(image)
    const widthPx = width === 0 ? Math.max(1, roundHalfEven((oldWidth * height) / oldHeight)) : width
    const heightPx = height === 0 ? Math.max(1, roundHalfEven((oldHeight * width) / oldWidth)) : height
    return { image: scaleImage(image, { widthPx, heightPx, method, crop }) }
  },
})
