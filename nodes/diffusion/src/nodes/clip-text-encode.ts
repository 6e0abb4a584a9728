import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import type { ClipValue } from '../pipeline/values.ts'

/** Encodes a prompt. */
export const clipTextEncode: NodeDefinition = defineNode({
  type: 'CLIPTextEncode',
  version: 1,
  title: 'CLIP Text Encode (Prompt)',
  category: 'conditioning',
  description: 'Encodes a prompt with the text encoders of the model: what the sampler is conditioned on.',
  inputs: { clip: port.clip<ClipValue>({ description: 'The text encoders of the loader.' }) },
  params: { text: param.text({ multiline: true, default: '', description: 'The prompt.' }) },
  order: ['text', 'clip'],
  outputs: { conditioning: port.conditioning() },
  async run({ inputs, params, signal }) {
    return { conditioning: [await inputs.clip.encode(params.text, signal)] }
  },
})
