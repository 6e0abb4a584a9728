import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import { saveImages } from '../save/save-images.ts'

/** Writes pictures into the output folder. */
export const saveImage: NodeDefinition = defineNode({
  type: 'SaveImage',
  version: 1,
  title: 'Save Image',
  category: 'image',
  description:
    'Writes pictures as PNG files into the output folder. The files carry the workflow: opening one opens it.',
  inputs: { images: port.image({ description: 'The pictures to save, one file each.' }) },
  params: {
    filename_prefix: param.text({
      default: 'ComfyUI',
      description:
        'Name before the number. May hold a folder, and %width%, %height%, %date:yyyy-MM-dd%, %batch_num% or %KSampler.seed%, the setting of another node.',
    }),
  },
  output: true,
  async run({ inputs, params, ...context }) {
    const images = await saveImages(
      { images: inputs.images, prefix: params.filename_prefix, kind: 'output', compression: 4 },
      context,
    )
    return { ui: { images: images.map((file) => ({ ...file })) } }
  },
})
