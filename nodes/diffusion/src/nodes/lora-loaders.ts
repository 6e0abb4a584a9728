/** LoRAs on models, by ComfyUI's names; the weights themselves stay as they are. */
import { defineNode, type HostServices, type NodeDefinition, param, port } from '@dicache/sdk'
import { withLora } from '../pipeline/load-lora.ts'
import type { ClipValue, ModelValue } from '../pipeline/values.ts'

const about = { version: 1, category: 'loaders' } as const
const lora_name = param.choice({
  source: 'models/loras',
  description: 'A .safetensors file in models/loras.',
})
const strength = (of: string) =>
  param.float({ default: 1, min: -100, max: 100, step: 0.01, description: `Factor of the change of ${of}.` })

export const loraLoader: NodeDefinition = defineNode({
  ...about,
  type: 'LoraLoader',
  title: 'Load LoRA',
  description:
    'Adds a LoRA of models/loras to the transformer and its text encoders, in kohya or diffusers naming. Several nodes in a row add up. Strength 0 leaves a part as it is.',
  inputs: { model: port.model<ModelValue>(), clip: port.clip<ClipValue>() },
  params: {
    lora_name,
    strength_model: strength('the transformer'),
    strength_clip: strength('the text encoders'),
  },
  outputs: { model: port.model<ModelValue>(), clip: port.clip<ClipValue>() },
  fingerprint: ({ params, host }) => fileState(host, params.lora_name),
  async run({ inputs, params, host, report, signal }) {
    const { model, clip } = inputs
    if (params.strength_model === 0 && params.strength_clip === 0) return { model, clip }
    const base = { model, clip, strengthClip: params.strength_clip }
    const choice = { name: params.lora_name, strength: params.strength_model }
    const changed = await withLora(base, choice, { host, report, signal })
    return { model: changed.model, clip: changed.clip ?? clip }
  },
})

export const loraLoaderModelOnly: NodeDefinition = defineNode({
  ...about,
  type: 'LoraLoaderModelOnly',
  title: 'Load LoRA (Model)',
  description:
    'Adds a LoRA of models/loras to the transformer, in kohya or diffusers naming. Several nodes in a row add up. Strength 0 leaves the model as it is.',
  inputs: { model: port.model<ModelValue>() },
  params: { lora_name, strength_model: strength('the transformer') },
  outputs: { model: port.model<ModelValue>() },
  fingerprint: ({ params, host }) => fileState(host, params.lora_name),
  async run({ inputs, params, host, report, signal }) {
    if (params.strength_model === 0) return { model: inputs.model }
    const choice = { name: params.lora_name, strength: params.strength_model }
    const { model } = await withLora({ model: inputs.model }, choice, { host, report, signal })
    return { model }
  },
})

/** Size and time of change of a LoRA: a replaced file is another one. */
async function fileState(host: HostServices, name: string | undefined): Promise<string> {
  const entry = (await host.models.list('loras')).find((one) => one.name === name)
  return entry === undefined ? '' : `${entry.sizeBytes} ${entry.modifiedMs}`
}
