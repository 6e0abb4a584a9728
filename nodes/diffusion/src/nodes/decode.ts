import { defineNode, type NodeDefinition, port } from '@dicache/sdk'
import { decodeLatent } from '../pipeline/learned-maps.ts'
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
  async run({ inputs, ...services }) {
    return { image: await decodeLatent(inputs.vae, inputs.latent, services) }
  },
})
