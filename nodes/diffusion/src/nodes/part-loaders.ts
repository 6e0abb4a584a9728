/** Loaders of single files, by ComfyUI's names. */
import { defineNode, HostError, type HostServices, type NodeDefinition, param, port } from '@dicache/sdk'
import { loadEncoderPair, loadTransformer, loadVae } from '../pipeline/load-parts.ts'
import type { ClipValue, ModelValue, VaeValue } from '../pipeline/values.ts'

export const unetLoader: NodeDefinition = defineNode({
  type: 'UNETLoader',
  version: 1,
  title: 'Load Diffusion Model',
  category: 'advanced/loaders',
  description: 'Opens a diffusion transformer alone. LoadModel also finds what goes with it.',
  params: {
    unet_name: param.choice({
      source: 'models/diffusion_models',
      description: 'A .safetensors file in models/diffusion_models.',
    }),
    weight_dtype: param.choice({
      options: ['default', 'fp8_e4m3fn', 'fp8_e4m3fn_fast', 'fp8_e5m2'],
      description: 'Weights are always used as the file has them; anything but default only costs a warning.',
    }),
  },
  outputs: { model: port.model<ModelValue>() },
  fingerprint: ({ params, host }) => fileState(host.models, 'diffusion_models', [params.unet_name]),
  async run({ params, host, report }) {
    if (params.weight_dtype !== 'default')
      report.log(`weights are used as the file has them, not as ${params.weight_dtype}`, 'warning')
    return { model: await loadTransformer(host, params.unet_name) }
  },
})

const encoder = (description: string) => param.choice({ source: 'models/text_encoders', description })

export const dualClipLoader: NodeDefinition = defineNode({
  type: 'DualCLIPLoader',
  version: 1,
  title: 'DualCLIPLoader',
  category: 'advanced/loaders',
  description: 'Opens the two text encoders of FLUX.1: a T5 and a CLIP, in any order.',
  params: {
    clip_name1: encoder('One of the two files in models/text_encoders.'),
    clip_name2: encoder('The other one.'),
    type: param.choice({
      options: ['sdxl', 'sd3', 'flux', 'hunyuan_video', 'hidream', 'hunyuan_image'],
      description: 'Which family they are for; flux is supported.',
    }),
    device: param.choice({
      options: ['default', 'cpu'],
      optional: true,
      advanced: true,
      description: 'Where they run; they run where everything runs.',
    }),
  },
  outputs: { clip: port.clip<ClipValue>() },
  fingerprint: ({ params, host }) =>
    fileState(host.models, 'text_encoders', [params.clip_name1, params.clip_name2]),
  async run({ params, host, report }) {
    if (params.type !== 'flux') {
      throw new HostError(
        'UNSUPPORTED_MODEL',
        `text encoders of the type "${params.type}" are not supported; for FLUX.1 choose the type "flux"`,
      )
    }
    if (params.device === 'cpu' && host.device !== 'cpu')
      report.log(`text encoders run on ${host.device}, like everything else`, 'warning')
    return { clip: await loadEncoderPair(host, [params.clip_name1, params.clip_name2]) }
  },
})

export const vaeLoader: NodeDefinition = defineNode({
  type: 'VAELoader',
  version: 1,
  title: 'Load VAE',
  category: 'loaders',
  description: 'Opens an autoencoder alone.',
  params: {
    vae_name: param.choice({ source: 'models/vae', description: 'A .safetensors file in models/vae.' }),
  },
  outputs: { vae: port.vae<VaeValue>() },
  fingerprint: ({ params, host }) => fileState(host.models, 'vae', [params.vae_name]),
  run: async ({ params, host }) => ({ vae: await loadVae(host, params.vae_name) }),
})

/** Size and time of change of files: a replaced file is another model. */
async function fileState(
  models: HostServices['models'],
  folder: string,
  names: readonly (string | undefined)[],
): Promise<string> {
  const listed = await models.list(folder)
  return names
    .map((name) => {
      const entry = listed.find((one) => one.name === name)
      return entry === undefined ? '' : `${entry.sizeBytes} ${entry.modifiedMs}`
    })
    .join(' ')
}
