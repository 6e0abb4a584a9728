import { defineNode, HostError, type NodeDefinition, param, port } from '@dicache/sdk'
import { floatTensor, sliceAlong } from '@dicache/tensor'
import { CHANNEL_AXIS } from '../pixels/channels.ts'
import { pictureShape } from '../pixels/shapes.ts'

const CHANNELS = ['red', 'green', 'blue', 'alpha'] as const

/** One channel as a mask. */
export const imageToMask: NodeDefinition = defineNode({
  type: 'ImageToMask',
  version: 1,
  title: 'Convert Image to Mask',
  category: 'mask',
  description: 'One channel of pictures as masks.',
  inputs: { image: port.image() },
  params: {
    channel: param.choice({
      options: CHANNELS,
      description: 'alpha is there only in pictures with four channels, and is taken as it is.',
    }),
  },
  outputs: { mask: port.mask() },
  run({ inputs: { image }, params: { channel } }) {
    const [batch, height, width, channels] = pictureShape(image)
    const index = CHANNELS.indexOf(channel)
    if (index >= channels) {
      throw new HostError(
        'WRONG_SHAPE',
        `the picture has ${channels} channels, and "${channel}" is not among them`,
      )
    }
    const { data } = sliceAlong(image, CHANNEL_AXIS, index, index + 1)
    return { mask: floatTensor([batch, height, width], data) }
  },
})
