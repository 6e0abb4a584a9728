import { defineNode, HostError, type NodeDefinition, param, port } from '@dicache/sdk'
import { batchView, concat } from '@dicache/tensor'
import { pictureShape } from '../pixels/shapes.ts'

/** Cuts batches anew. */
export const rebatchImages: NodeDefinition = defineNode({
  type: 'RebatchImages',
  version: 1,
  title: 'Rebatch Images',
  category: 'image/batch',
  description:
    'Takes all pictures of all batches and gives a list of batches of a size; the last may be smaller.',
  inputIsList: true,
  inputs: { images: port.image() },
  params: {
    batch_size: param.int({ default: 1, min: 1, max: 4096, description: 'Pictures in a batch.' }),
  },
  outputs: { image: port.image({ list: true }) },
  run({ inputs: { images }, params: { batch_size: sizes } }) {
    const size = sizes[0] ?? 1
    const singles = images.flatMap((image) =>
      Array.from({ length: pictureShape(image)[0] }, (_, index) => batchView(image, index)),
    )
    const batches = Array.from({ length: Math.ceil(singles.length / size) }, (_, n) => {
      const group = singles.slice(n * size, (n + 1) * size)
      const [first] = group
      const other = group.find(({ shape }) => shape.some((extent, axis) => extent !== first?.shape[axis]))
      if (first !== undefined && other !== undefined) {
        throw new HostError(
          'WRONG_SHAPE',
          `pictures of [${first.shape.slice(1).join(', ')}] and [${other.shape.slice(1).join(', ')}] cannot be one batch; scale them to one size first`,
        )
      }
      return concat(group)
    })
    return { image: batches }
  },
})
