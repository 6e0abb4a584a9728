import { defineNode, type NodeDefinition, port } from '@dicache/sdk'
import { floatTensor, mapValues, sliceAlong } from '@dicache/tensor'
import { CHANNEL_AXIS, withChannels } from '../pixels/channels.ts'
import { pictureShape } from '../pixels/shapes.ts'

/** Takes the transparency off pictures. */
export const splitImageWithAlpha: NodeDefinition = defineNode({
  type: 'SplitImageWithAlpha',
  version: 1,
  title: 'Split Image with Alpha',
  category: 'mask/compositing',
  description: 'Pictures without their transparency, and the mask of it (1 − alpha; zeros without alpha).',
  inputs: { image: port.image() },
  outputs: { image: port.image(), mask: port.mask() },
  run({ inputs: { image } }) {
    const [batch, height, width, channels] = pictureShape(image)
    const mask =
      channels > 3
        ? floatTensor([batch, height, width], sliceAlong(image, CHANNEL_AXIS, 3, 4).data)
        : undefined
    return {
      image: channels > 3 ? withChannels(image, 3) : image,
      mask: mask === undefined ? floatTensor([batch, height, width]) : mapValues(mask, (alpha) => 1 - alpha),
    }
  },
})
