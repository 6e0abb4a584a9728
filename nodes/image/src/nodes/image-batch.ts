import { defineNode, type NodeDefinition, port } from '@dicache/sdk'
import { concat, type FloatTensor, floatTensor } from '@dicache/tensor'
import { pictureShape } from '../pixels/shapes.ts'
import { scaleImage } from '../scale/scale-image.ts'

/** Joins two batches of pictures. */
export const imageBatch: NodeDefinition = defineNode({
  type: 'ImageBatch',
  version: 1,
  title: 'Batch Images',
  category: 'image',
  description:
    'Joins two batches. The second one is scaled to the size of the first, cut to its aspect in the middle; RGB beside RGBA becomes opaque RGBA.',
  inputs: { image1: port.image(), image2: port.image() },
  outputs: { image: port.image() },
  run({ inputs: { image1, image2 } }) {
    const [, heightPx, widthPx] = pictureShape(image1)
    const scaled = scaleImage(image2, { widthPx, heightPx, method: 'bilinear', crop: 'center' })
    const channels = Math.max(image1.shape[3] ?? 0, scaled.shape[3] ?? 0)
    return { image: concat([image1, scaled].map((image) => (channels === 4 ? withAlpha(image) : image))) }
  },
})

/** `[B, H, W, 3]` with an opaque fourth channel; anything else as it is. */
function withAlpha(image: FloatTensor): FloatTensor {
  const [batch, height, width, channels] = pictureShape(image)
  if (channels !== 3) return image
  const result = floatTensor([batch, height, width, 4])
  result.data.fill(1)
  for (let pixel = 0; pixel < batch * height * width; pixel += 1) {
    result.data.set(image.data.subarray(pixel * 3, pixel * 3 + 3), pixel * 4)
  }
  return result
}
