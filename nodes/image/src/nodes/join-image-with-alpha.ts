import { defineNode, type NodeDefinition, port } from '@dicache/sdk'
import { concat, fitBatch, floatTensor, mapValues } from '@dicache/tensor'
import { withChannels } from '../pixels/channels.ts'
import { scaleMask } from '../pixels/place.ts'
import { pictureShape } from '../pixels/shapes.ts'

/** Makes pictures transparent where a mask is. */
export const joinImageWithAlpha: NodeDefinition = defineNode({
  type: 'JoinImageWithAlpha',
  version: 1,
  title: 'Join Image with Alpha',
  category: 'mask/compositing',
  description:
    'Makes pictures transparent where the mask is white (alpha = 1 − mask). The mask is scaled to the picture; the shorter batch is repeated.',
  inputs: { image: port.image(), alpha: port.mask({ description: 'What becomes transparent.' }) },
  outputs: { image: port.image() },
  run({ inputs: { image, alpha } }) {
    const [pictures, height, width] = pictureShape(image)
    const opacity = mapValues(scaleMask(alpha, { height, width }), (value) => 1 - value)
    const batch = Math.max(pictures, alpha.shape[0] ?? 0)
    return {
      image: concat(
        [
          withChannels(fitBatch(image, batch), 3),
          floatTensor([batch, height, width, 1], fitBatch(opacity, batch).data),
        ],
        3,
      ),
    }
  },
})
