import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import { sliceAlong } from '@dicache/tensor'
import { pictureShape } from '../pixels/shapes.ts'

/** Takes pictures out of a batch. */
export const imageFromBatch: NodeDefinition = defineNode({
  type: 'ImageFromBatch',
  version: 1,
  title: 'ImageFromBatch',
  category: 'image/batch',
  description: 'Takes some pictures out of a batch. An index beyond the end is the last picture.',
  inputs: { image: port.image() },
  params: {
    batch_index: param.int({ default: 0, min: 0, max: 4095, description: 'The first one, from 0.' }),
    length: param.int({ default: 1, min: 1, max: 4096, description: 'How many, at most.' }),
  },
  outputs: { image: port.image() },
  run({ inputs: { image }, params: { batch_index: index, length } }) {
    const [batch] = pictureShape(image)
    const first = Math.min(index, batch - 1)
    return { image: sliceAlong(image, 0, first, first + length) }
  },
})
