import { defineNode, type NodeDefinition, port } from '@dicache/sdk'
import type { VaeValue } from '../pipeline/values.ts'

/** Pictures to latents, for sampling with a denoise below 1. */
export const vaeEncode: NodeDefinition = defineNode({
  type: 'VAEEncode',
  version: 1,
  title: 'VAE Encode',
  category: 'latent',
  description: 'Turns pictures into latents. Sides are cut to multiples of 8.',
  inputs: { pixels: port.image(), vae: port.vae<VaeValue>() },
  outputs: { latent: port.latent() },
  async run({ inputs, signal }) {
    return { latent: { samples: await inputs.vae.encode(inputs.pixels, signal) } }
  },
})
