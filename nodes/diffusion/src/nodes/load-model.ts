import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import { loadModel } from '../pipeline/load-model.ts'
import type { ClipValue, ModelValue, VaeValue } from '../pipeline/values.ts'

/** Opens a transformer with the text encoders and autoencoder that go with it. */
export const loadModelNode: NodeDefinition = defineNode({
  type: 'LoadModel',
  version: 1,
  title: 'Load Model',
  category: 'loaders',
  description:
    'Opens a diffusion transformer from its weight file, with its text encoders and autoencoder. "auto" takes the ones beside the file, then the first that fits in models/text_encoders and models/vae. The emoji model is part of the program.',
  params: {
    model: param.choice({
      source: 'models/diffusion_models',
      default: 'emoji',
      description: 'A .safetensors file in models/diffusion_models, or the bundled model.',
    }),
    t5: param.choice({
      source: 'models/text_encoders',
      options: ['auto'],
      default: 'auto',
      description: 'The T5 encoder: hidden states of the prompt.',
    }),
    clip: param.choice({
      source: 'models/text_encoders',
      options: ['auto'],
      default: 'auto',
      description: 'The CLIP encoder: the pooled vector of the prompt.',
    }),
    vae: param.choice({
      source: 'models/vae',
      options: ['auto'],
      default: 'auto',
      description: 'The autoencoder between latents and pictures.',
    }),
  },
  outputs: { model: port.model<ModelValue>(), clip: port.clip<ClipValue>(), vae: port.vae<VaeValue>() },
  fingerprint: ({ params, host }) => fileState(params.model, host),
  async run({ params, host }) {
    return loadModel(host, params)
  },
})

/** Size and time of change of the chosen file: a replaced file is another model. */
async function fileState(
  name: string | undefined,
  host: {
    readonly models: {
      readonly list: (
        folder: string,
      ) => Promise<readonly { name: string; sizeBytes: number; modifiedMs: number }[]>
    }
  },
): Promise<string> {
  const entry = (await host.models.list('diffusion_models')).find((candidate) => candidate.name === name)
  return entry === undefined ? '' : `${entry.sizeBytes} ${entry.modifiedMs}`
}
