import { defineNode, HostError, type NodeDefinition, param, port } from '@dicache/sdk'
import { batchView, concat, type FloatTensor, floatTensor, sliceAlong, toBytes } from '@dicache/tensor'
import { pictureShape } from '../pixels/shapes.ts'
import { type Dither, paint } from '../quantize/dither.ts'
import { medianCut } from '../quantize/median-cut.ts'

/** Reduces pictures to few colours, each with a palette of its own. */
export const imageQuantize: NodeDefinition = defineNode({
  type: 'ImageQuantize',
  version: 1,
  title: 'ImageQuantize',
  category: 'image/postprocessing',
  description: 'Reduces each picture to few colours of its own, chosen by median cut.',
  inputs: { image: port.image() },
  params: {
    colors: param.int({ default: 256, min: 1, max: 256, description: 'At most so many.' }),
    dither: param.choice({
      options: ['none', 'floyd-steinberg', 'bayer-2', 'bayer-4', 'bayer-8', 'bayer-16'],
      description:
        'How other colours are mixed from these: not at all, by passing errors on to the neighbours, or in a pattern of so many pixels.',
    }),
  },
  outputs: { image: port.image() },
  run({ inputs: { image }, params: { colors, dither } }) {
    const [batch, , , channels] = pictureShape(image)
    if (channels < 3)
      throw new HostError(
        'WRONG_SHAPE',
        `pictures of ${channels} channels have no colours: it takes three or more`,
      )
    const pictures = Array.from({ length: batch }, (_, n) =>
      quantized(batchView(image, n, n + 1), colors, dither),
    )
    return { image: concat(pictures) }
  },
})

/** `[1, H, W, C]`; channels beyond three stay. */
function quantized(image: FloatTensor, colors: number, dither: Dither): FloatTensor {
  const [, , width = 0, channels = 3] = image.shape
  const colour = channels === 3 ? image : sliceAlong(image, 3, 0, 3)
  const { data: rgb } = toBytes(colour)
  const painted = paint({ rgb, width }, medianCut(rgb, colors), dither)
  const result = floatTensor(
    colour.shape,
    Float32Array.from(painted, (value) => value / 255),
  )
  return channels === 3 ? result : concat([result, sliceAlong(image, 3, 3, channels)], 3)
}
