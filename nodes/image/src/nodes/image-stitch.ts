import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import { DIRECTIONS, SPACING_COLORS, stitchImages } from '../pixels/stitch.ts'
import { pictureShape } from '../pixels/shapes.ts'

/** Puts pictures side by side. */
export const imageStitch: NodeDefinition = defineNode({
  type: 'ImageStitch',
  version: 1,
  title: 'Image Stitch',
  category: 'image/transform',
  description: 'Puts the second picture beside the first. Without a second one the first is passed on.',
  inputs: {
    image1: port.image(),
    image2: port.image({ optional: true }),
  },
  params: {
    direction: param.choice({
      options: DIRECTIONS,
      default: 'right',
      description: 'On which side of the first picture the second one goes.',
    }),
    match_image_size: param.boolean({
      default: true,
      description:
        'Scale the second picture so that the edges that meet are equally long (lanczos); else pad.',
    }),
    spacing_width: param.int({
      default: 0,
      min: 0,
      max: 1024,
      step: 2,
      description: 'Pixels between them; odd numbers become the next even one.',
    }),
    spacing_color: param.choice({
      options: SPACING_COLORS,
      default: 'white',
      description: 'Colour between them.',
    }),
  },
  outputs: { image: port.image() },
  run({ inputs: { image1, image2 }, params }) {
    pictureShape(image1)
    if (image2 === undefined) return { image: image1 }
    return {
      image: stitchImages(image1, image2, {
        direction: params.direction,
        matchSize: params.match_image_size,
        gapPx: params.spacing_width + (params.spacing_width % 2),
        color: params.spacing_color,
      }),
    }
  },
})
