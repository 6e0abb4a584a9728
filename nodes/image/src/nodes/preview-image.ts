import { defineNode, type NodeDefinition, port } from '@dicache/sdk'
import { saveImages } from '../save/save-images.ts'

/** Shows pictures without keeping them. */
export const previewImage: NodeDefinition = defineNode({
  type: 'PreviewImage',
  version: 1,
  title: 'Preview Image',
  category: 'image',
  description: 'Shows pictures. They are written into the temporary folder.',
  inputs: { images: port.image() },
  output: true,
  async run({ inputs, ...context }) {
    const images = await saveImages(
      { images: inputs.images, prefix: `ComfyUI_temp_${letters(5)}`, kind: 'temp', compression: 1 },
      context,
    )
    return { ui: { images: images.map((file) => ({ ...file })) } }
  },
})

/** Random lower-case letters: no picture has the name of an earlier one. */
function letters(count: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(count)), (byte) =>
    String.fromCodePoint(97 + (byte % 26)),
  ).join('')
}
