import { defineNode, HostError, type NodeDefinition, param, port } from '@dicache/sdk'
import { floatTensor, toBytes } from '@dicache/tensor'
import { pictureShape } from '../pixels/shapes.ts'

/** Masks of one colour. */
export const imageColorToMask: NodeDefinition = defineNode({
  type: 'ImageColorToMask',
  version: 1,
  title: 'ImageColorToMask',
  category: 'mask',
  description: 'Chooses the pixels of exactly one colour, compared in 8 bits.',
  inputs: { image: port.image() },
  params: {
    color: param.int({ default: 0, min: 0, max: 0xffffff, description: 'The colour as 0xRRGGBB.' }),
  },
  outputs: { mask: port.mask() },
  run({ inputs: { image }, params: { color } }) {
    const [batch, height, width, channels] = pictureShape(image)
    if (channels < 3)
      throw new HostError('WRONG_SHAPE', `colours need three channels; this picture has ${channels}`)
    const { data: bytes } = toBytes(image, 'round')
    const mask = floatTensor([batch, height, width])
    for (let pixel = 0; pixel < mask.data.length; pixel += 1) {
      const [red = 0, green = 0, blue = 0] = bytes.subarray(pixel * channels, pixel * channels + 3)
      mask.data[pixel] = ((red << 16) | (green << 8) | blue) === color ? 1 : 0
    }
    return { mask }
  },
})
