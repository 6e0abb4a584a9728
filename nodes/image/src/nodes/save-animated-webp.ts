import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import { encodeWebp } from '../save/encode-webp.ts'
import { saveAnimation } from '../save/save-animation.ts'
import { workflowTexts } from '../save/workflow-texts.ts'

/** How hard the encoder tries, by the setting's names. */
const EFFORT = { default: 4, fastest: 0, slowest: 6 } as const

/** Writes a batch as one animated WebP. */
export const saveAnimatedWebp: NodeDefinition = defineNode({
  type: 'SaveAnimatedWEBP',
  version: 1,
  title: 'SaveAnimatedWEBP',
  category: 'image/animation',
  description:
    'Writes a batch of pictures as one animated WebP into the output folder, with the workflow in it.',
  inputs: { images: port.image({ description: 'The pictures in order.' }) },
  params: {
    filename_prefix: param.text({
      default: 'ComfyUI',
      description: 'Name before the number; may hold a folder.',
    }),
    fps: param.float({ default: 6, min: 0.01, max: 1000, step: 0.01, description: 'Pictures a second.' }),
    lossless: param.boolean({ default: true, description: 'Keep every pixel as it is.' }),
    quality: param.int({
      default: 80,
      min: 0,
      max: 100,
      description: 'With loss: how good. Without: how hard it tries to be small.',
    }),
    method: param.choice({
      options: ['default', 'fastest', 'slowest'],
      description: 'Slow makes smaller files.',
    }),
  },
  output: true,
  async run({ inputs, params, ...context }) {
    const { images } = inputs
    return saveAnimation(
      {
        images,
        prefix: params.filename_prefix,
        extension: 'webp',
        encode: () =>
          encodeWebp(images, {
            frameMs: Math.trunc(1000 / params.fps),
            lossless: params.lossless,
            quality: params.quality,
            effort: EFFORT[params.method],
            texts: workflowTexts(context.hidden),
          }),
      },
      context,
    )
  },
})
