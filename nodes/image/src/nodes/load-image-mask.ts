import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import { checkPicture, inputPicture, pictureFingerprint, readPicture } from '../load/input-picture.ts'

/** Reads one channel of a picture as a mask. */
export const loadImageMask: NodeDefinition = defineNode({
  type: 'LoadImageMask',
  version: 1,
  title: 'Load Image (as Mask)',
  category: 'mask',
  description:
    'Reads one channel of a picture of the input folder as a mask; of an animation its first picture.',
  params: {
    image: inputPicture,
    channel: param.choice({
      options: ['alpha', 'red', 'green', 'blue'],
      description: 'alpha chooses what is transparent (1 − alpha); the colours are taken as they are.',
    }),
  },
  outputs: { mask: port.mask() },
  fingerprint: ({ params, host }) => pictureFingerprint(host.inputs, params.image),
  validate: ({ params, host }) => checkPicture(host.inputs, params.image),
  async run({ params, host, signal }) {
    // With the first picture: listing and checking nodes loads no decoder.
    const { decodeChannel } = await import('../load/decode-channel.ts')
    const decode = (file: Uint8Array) => decodeChannel(file, params.channel, signal)
    return { mask: await readPicture(host.inputs, params.image, { decode, signal }) }
  },
})
