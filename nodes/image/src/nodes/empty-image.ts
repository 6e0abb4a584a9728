import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import { floatTensor } from '@dicache/tensor'

/** Pictures of one colour. */
export const emptyImage: NodeDefinition = defineNode({
  type: 'EmptyImage',
  version: 1,
  title: 'EmptyImage',
  category: 'image',
  description: 'Pictures of one colour.',
  params: {
    width: param.int({ default: 512, min: 1, max: 16384, description: 'Pixels.' }),
    height: param.int({ default: 512, min: 1, max: 16384, description: 'Pixels.' }),
    batch_size: param.int({ default: 1, min: 1, max: 4096, description: 'Pictures at once.' }),
    color: param.int({ default: 0, min: 0, max: 0xffffff, description: 'The colour as 0xRRGGBB.' }),
  },
  outputs: { image: port.image() },
  run({ params: { width, height, batch_size: batch, color } }) {
    const levels = [color >> 16, (color >> 8) & 0xff, color & 0xff].map((byte) => byte / 255)
    const image = floatTensor([batch, height, width, 3])
    image.data.set(levels)
    for (let filled = 3; filled < image.data.length; filled *= 2) image.data.copyWithin(filled, 0, filled)
    return { image }
  },
})
