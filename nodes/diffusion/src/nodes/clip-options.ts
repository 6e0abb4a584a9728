/** How text encoders are used, by ComfyUI's names. */
import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import { textEncoders } from '../pipeline/load-text-encoders.ts'
import type { ClipValue } from '../pipeline/values.ts'

const clip = port.clip<ClipValue>({ description: 'The text encoders.' })
const outputs = { clip: port.clip<ClipValue>() } as const

export const clipSetLastLayer: NodeDefinition = defineNode({
  type: 'CLIPSetLastLayer',
  version: 1,
  title: 'CLIP Set Last Layer',
  category: 'conditioning',
  description:
    'Stops text encoders before their last layers. Of FLUX.1’s two this changes the T5; the vector of the CLIP comes from behind its last layer in any case, as in ComfyUI.',
  inputs: { clip },
  params: {
    stop_at_clip_layer: param.int({
      default: -1,
      min: -24,
      max: -1,
      description:
        'Counted from the end: -1 runs all layers, -2 all but the last. More than an encoder has: all.',
    }),
  },
  outputs,
  run: ({ inputs: { clip: given }, params, host }) => ({
    clip: textEncoders(
      host,
      given.files,
      { ...given.options, lastLayer: params.stop_at_clip_layer },
      given.loras,
    ),
  }),
})

export const t5TokenizerOptions: NodeDefinition = defineNode({
  type: 'T5TokenizerOptions',
  version: 1,
  title: 'T5TokenizerOptions',
  category: '_for_testing/conditioning',
  description:
    'How far prompts are padded for the T5. Without this node: as the file says, else to 256 tokens at least. Padding takes part in what FLUX.1 sees.',
  inputs: { clip },
  params: {
    min_padding: param.int({
      default: 0,
      min: 0,
      max: 10_000,
      description: 'Tokens of padding behind every prompt.',
    }),
    min_length: param.int({
      default: 0,
      min: 0,
      max: 10_000,
      description: 'Tokens that a prompt is padded to. 0: no longer than it is.',
    }),
  },
  outputs,
  run: ({ inputs: { clip: given }, params, host }) => ({
    clip: textEncoders(
      host,
      given.files,
      { ...given.options, t5Padding: { behind: params.min_padding, length: params.min_length } },
      given.loras,
    ),
  }),
})
