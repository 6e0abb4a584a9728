import { defineNode, type NodeDefinition, port } from '@dicache/sdk'
import { decodeLatent } from '../pipeline/learned-maps.ts'
import type { VaeValue } from '../pipeline/values.ts'

/** `Decode` under ComfyUI's name and order of inputs. */
export const vaeDecode: NodeDefinition = defineNode({
  type: 'VAEDecode',
  version: 1,
  title: 'VAE Decode',
  category: 'latent',
  description: 'Turns latents into pictures.',
  inputs: { samples: port.latent(), vae: port.vae<VaeValue>() },
  outputs: { image: port.image() },
  async run({ inputs, ...services }) {
    return { image: await decodeLatent(inputs.vae, inputs.samples, services) }
  },
})
