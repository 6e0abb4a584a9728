import { defineNode, type NodeDefinition, port } from '@dicache/sdk'
import type { VaeValue } from '../pipeline/values.ts'

/** Latents to pictures. */
export const decode: NodeDefinition = defineNode({
  type: 'Decode',
  version: 1,
  title: 'Decode',
  category: 'latent',
  description: 'Turns latents into pictures with the model’s autoencoder.',
  inputs: { vae: port.vae<VaeValue>(), latent: port.latent() },
  outputs: { image: port.image() },
  async run({ inputs, signal }) {
    return { image: await inputs.vae.decode(inputs.latent.samples, signal) }
  },
})
