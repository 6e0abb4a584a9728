import { defineNode, HostError, type NodeDefinition, param, port } from '@dicache/sdk'
import { encodeApng } from '../save/encode-apng.ts'
import { saveAnimation } from '../save/save-animation.ts'
import { workflowTexts } from '../save/workflow-texts.ts'

/** Writes a batch as one animated PNG. */
export const saveAnimatedPng: NodeDefinition = defineNode({
  type: 'SaveAnimatedPNG',
  version: 1,
  title: 'SaveAnimatedPNG',
  category: 'image/animation',
  description:
    'Writes a batch of pictures as one animated PNG into the output folder, with the workflow in it.',
  inputs: { images: port.image({ description: 'The pictures in order.' }) },
  params: {
    filename_prefix: param.text({
      default: 'ComfyUI',
      description: 'Name before the number; may hold a folder.',
    }),
    fps: param.float({ default: 6, min: 0.01, max: 1000, step: 0.01, description: 'Pictures a second.' }),
    compress_level: param.int({ default: 4, min: 0, max: 9, description: '0 is fast, 9 is small.' }),
  },
  output: true,
  async run({ inputs, params, ...context }) {
    const { images } = inputs
    const frameMs = Math.trunc(1000 / params.fps)
    if (frameMs > 0xffff)
      throw new HostError(
        'VALUE_OUT_OF_RANGE',
        'a picture of an animated PNG is shown for 65 seconds at most; raise fps',
      )
    return saveAnimation(
      {
        images,
        prefix: params.filename_prefix,
        extension: 'png',
        encode: () =>
          encodeApng(images, {
            frameMs,
            compression: params.compress_level,
            texts: workflowTexts(context.hidden),
            signal: context.signal,
          }),
      },
      context,
    )
  },
})
