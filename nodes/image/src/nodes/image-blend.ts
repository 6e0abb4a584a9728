import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import { zipValues } from '@dicache/tensor'
import { pairBatches } from '../pixels/batches.ts'
import { BLEND_MODES, blends } from '../pixels/blend.ts'
import { withChannels } from '../pixels/channels.ts'
import { pictureShape } from '../pixels/shapes.ts'
import { scaleImage } from '../scale/scale-image.ts'

/** Mixes two pictures. */
export const imageBlend: NodeDefinition = defineNode({
  type: 'ImageBlend',
  version: 1,
  title: 'ImageBlend',
  category: 'image/postprocessing',
  description:
    'Lays the second picture over the first. It is scaled to the first one’s size, cut to its aspect in the middle.',
  inputs: {
    image1: port.image({ description: 'The picture below.' }),
    image2: port.image({ description: 'The picture above.' }),
  },
  params: {
    blend_factor: param.float({
      default: 0.5,
      min: 0,
      max: 1,
      step: 0.01,
      description: 'How much of the blend is seen: 0 gives the first picture.',
    }),
    blend_mode: param.choice({
      options: BLEND_MODES,
      description:
        'How the colours meet; difference is first minus second, and black where that is negative.',
    }),
  },
  outputs: { image: port.image() },
  run({ inputs: { image1, image2 }, params: { blend_factor: share, blend_mode: mode } }) {
    const [, heightPx, widthPx, channels] = pictureShape(image1)
    const fitting = scaleImage(withChannels(image2, channels), {
      widthPx,
      heightPx,
      method: 'bicubic',
      crop: 'center',
    })
    const [below, above] = pairBatches(image1, fitting)
    const blend = blends[mode]
    const image = zipValues(below, above, (a, b) =>
      Math.min(1, Math.max(0, a * (1 - share) + blend(a, b) * share)),
    )
    return { image }
  },
})
