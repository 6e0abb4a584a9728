import { defineNode, type NodeDefinition, port } from '@dicache/sdk'
import { checkPicture, inputPicture, pictureFingerprint, readPicture } from '../load/input-picture.ts'

/** Reads a picture of the input folder. */
export const loadImage: NodeDefinition = defineNode({
  type: 'LoadImage',
  version: 1,
  title: 'Load Image',
  category: 'image',
  description:
    'Reads a picture of the input folder (PNG, JPEG, WebP, GIF, TIFF, AVIF). Animations become a batch. The mask is what is transparent.',
  params: {
    image: inputPicture,
  },
  outputs: { image: port.image(), mask: port.mask() },
  fingerprint: ({ params, host }) => pictureFingerprint(host.inputs, params.image),
  validate: ({ params, host }) => checkPicture(host.inputs, params.image),
  async run({ params, host, signal }) {
    // With the first picture: listing and checking nodes loads no decoder.
    const { decodeImage } = await import('../load/decode-image.ts')
    const decode = (file: Uint8Array) => decodeImage(file, signal)
    return { ...(await readPicture(host.inputs, params.image, { decode, signal })) }
  },
})
