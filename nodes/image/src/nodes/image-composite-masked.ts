import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import { resizePlane } from '@dicache/tensor'
import { withChannels } from '../pixels/channels.ts'
import { placeImage } from '../pixels/place.ts'
import { pictureShape } from '../pixels/shapes.ts'

/** Puts a picture onto another. */
export const imageCompositeMasked: NodeDefinition = defineNode({
  type: 'ImageCompositeMasked',
  version: 1,
  title: 'ImageCompositeMasked',
  category: 'image',
  description: 'Puts the source onto the destination, where the mask is white. What does not fit is cut off.',
  inputs: {
    destination: port.image({ description: 'The picture below.' }),
    source: port.image({ description: 'The picture above.' }),
    mask: port.mask({
      optional: true,
      description: 'Where the source is seen; it is scaled to the source. Without it: everywhere.',
    }),
  },
  params: {
    x: param.int({ default: 0, min: 0, max: 16384, description: 'Left edge of the source, in pixels.' }),
    y: param.int({ default: 0, min: 0, max: 16384, description: 'Upper edge of the source, in pixels.' }),
    resize_source: param.boolean({
      default: false,
      description: 'Scale the source to the destination first (bilinear).',
    }),
  },
  outputs: { image: port.image() },
  run({ inputs: { destination, source, mask }, params }) {
    const [, height, width, channels] = pictureShape(destination)
    pictureShape(source)
    const own = withChannels(source, channels)
    const fitting = params.resize_source ? resizePlane(own, 1, { height, width, method: 'bilinear' }) : own
    return { image: placeImage(destination, fitting, { leftPx: params.x, topPx: params.y, mask }) }
  },
})
