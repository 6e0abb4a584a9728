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
    // A plain loop: `map` takes ten times as long, and this node stands for all cheap ones in the engine's bench.
    const negative = floatTensor(image.shape)
    const { data } = negative
    for (let at = 0; at < data.length; at++) data[at] = 1 - (image.data[at] ?? 0)
    return { image: negative }
  },
})
