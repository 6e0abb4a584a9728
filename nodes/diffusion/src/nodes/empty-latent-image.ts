import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import { floatTensor } from '@dicache/tensor'

/** Channels of the classic latent; samplers give an empty latent the channels of their model. */
const CHANNELS = 4
const SCALE = 8

/** A batch of empty latents of a picture size. */
export const emptyLatentImage: NodeDefinition = defineNode({
  type: 'EmptyLatentImage',
  version: 1,
  title: 'Empty Latent Image',
  category: 'latent',
  description: 'An empty latent of the picture size to be made. Sampling starts from noise of this shape.',
  params: {
    width: param.int({ default: 512, min: 16, max: 16384, step: 8, description: 'Pixels.' }),
    height: param.int({ default: 512, min: 16, max: 16384, step: 8, description: 'Pixels.' }),
    batch_size: param.int({ default: 1, min: 1, max: 4096, description: 'Pictures at once.' }),
  },
  outputs: { latent: port.latent() },
  run({ params }) {
    const { width, height, batch_size: batch } = params
    return {
      latent: {
        samples: floatTensor([batch, CHANNELS, Math.floor(height / SCALE), Math.floor(width / SCALE)]),
      },
    }
  },
})
