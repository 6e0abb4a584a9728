import { defineNode, type HostServices, type NodeDefinition, param, port } from '@dicache/sdk'
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
  fingerprint: ({ host }) => folderState(host.models),
  async run({ params, host }) {
    return loadModel(host, params)
  },
})

/** Names, sizes and times of change of every file that may be taken: a replaced file, or a new one that `auto` finds, is another model. */
async function folderState(models: HostServices['models']): Promise<string> {
  const lists = await Promise.all(
    ['diffusion_models', 'text_encoders', 'vae'].map((folder) => models.list(folder)),
  )
  return lists
    .flat()
    .map(({ name, sizeBytes, modifiedMs }) => `${name} ${sizeBytes} ${modifiedMs}`)
    .join('\n')
}
