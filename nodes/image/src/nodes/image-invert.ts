import { defineNode, type NodeDefinition, port } from '@dicache/sdk'
import { floatTensor } from '@dicache/tensor'

/** Makes negatives: 1 − x in every channel, alpha too, as ComfyUI does. */
export const imageInvert: NodeDefinition = defineNode({
  type: 'ImageInvert',
  version: 1,
  title: 'Invert Image',
  category: 'image',
  description: 'Makes a negative: every value becomes 1 minus itself.',
  inputs: { image: port.image() },
  outputs: { image: port.image() },
  run({ inputs: { image } }) {
    return {
      image: floatTensor(
        image.shape,
        image.data.map((value) => 1 - value),
      ),
    }
  },
})
