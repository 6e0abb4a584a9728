import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import { fitBatch } from '@dicache/tensor'
import { pictureShape } from '../pixels/shapes.ts'

/** Repeats a batch. */
export const repeatImageBatch: NodeDefinition = defineNode({
  type: 'RepeatImageBatch',
  version: 1,
  title: 'RepeatImageBatch',
  category: 'image/batch',
  description: 'The whole batch again and again, as one batch.',
  inputs: { image: port.image() },
  params: { amount: param.int({ default: 1, min: 1, max: 4096, description: 'How often.' }) },
  outputs: { image: port.image() },
  run({ inputs: { image }, params: { amount } }) {
    const [batch] = pictureShape(image)
    return { image: fitBatch(image, batch * amount) }
  },
})
