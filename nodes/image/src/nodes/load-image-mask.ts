import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import { decodeChannel } from '../load/decode-channel.ts'
import { checkPicture, pictureFingerprint, readPicture } from '../load/input-picture.ts'

/** Reads one channel of a picture as a mask. */
export const loadImageMask: NodeDefinition = defineNode({
  type: 'LoadImageMask',
  version: 1,
  title: 'Load Image (as Mask)',
  category: 'mask',
  description:
    'Reads one channel of a picture of the input folder as a mask; of an animation its first picture.',
  params: {
    image: param.choice({
      source: 'input',
      upload: 'image',
      checkedByNode: true,
      description: 'A file of the input folder; "NAME [output]" is one of the output folder.',
    }),
    channel: param.choice({
      options: ['alpha', 'red', 'green', 'blue'],
      description: 'alpha chooses what is transparent (1 − alpha); the colours are taken as they are.',
    }),
  },
  outputs: { mask: port.mask() },
  fingerprint: ({ params, host }) => pictureFingerprint(host.inputs, params.image),
  validate: ({ params, host }) => checkPicture(host.inputs, params.image),
  async run({ params, host, signal }) {
    const decode = (file: Uint8Array) => decodeChannel(file, params.channel, signal)
    return { mask: await readPicture(host.inputs, params.image, { decode, signal }) }
  },
})
