import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import { zipValues } from '@dicache/tensor'
import { blurImage } from '../pixels/blur.ts'
import { pictureShape } from '../pixels/shapes.ts'

/** The setting's unit: alpha 1 moves a pixel away from its surroundings by ten times the difference. */
const GAIN = 10

/** Sharpens pictures: away from their blur. */
export const imageSharpen: NodeDefinition = defineNode({
  type: 'ImageSharpen',
  version: 1,
  title: 'ImageSharpen',
  category: 'image/postprocessing',
  description: 'Sharpens pictures by moving every pixel away from its blurred surroundings.',
  inputs: { image: port.image() },
  params: {
    sharpen_radius: param.int({ default: 1, min: 1, max: 31, description: 'How far it looks, in pixels.' }),
    sigma: param.float({
      default: 1,
      min: 0.1,
      max: 10,
      step: 0.01,
      description: 'Width of the surroundings, in units of the radius.',
    }),
    alpha: param.float({
      default: 1,
      min: 0,
      max: 5,
      step: 0.01,
      description: 'Strength; 0 leaves the picture as it is.',
    }),
  },
  outputs: { image: port.image() },
  run({ inputs: { image }, params: { sharpen_radius: radiusPx, sigma, alpha } }) {
    pictureShape(image)
    const blurred = blurImage(image, { radiusPx, sigma })
    const sharpen = (value: number, around: number): number =>
      Math.min(1, Math.max(0, value + GAIN * alpha * (value - around)))
    return { image: zipValues(image, blurred, sharpen) }
  },
})
