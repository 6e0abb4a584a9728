import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import { withLora } from '../pipeline/load-lora.ts'
import type { ModelValue } from '../pipeline/values.ts'

/** Puts a LoRA on a transformer; the weights themselves stay as they are. */
export const loraLoaderModelOnly: NodeDefinition = defineNode({
  type: 'LoraLoaderModelOnly',
  version: 1,
  title: 'Load LoRA (Model)',
  category: 'loaders',
  description:
    'Adds a LoRA of models/loras to the transformer, in kohya or diffusers naming. Several nodes in a row add up. Strength 0 leaves the model as it is.',
  inputs: { model: port.model<ModelValue>() },
  params: {
    lora_name: param.choice({ source: 'models/loras', description: 'A .safetensors file in models/loras.' }),
    strength_model: param.float({
      default: 1,
      min: -100,
      max: 100,
      step: 0.01,
      description: 'Factor of the change.',
    }),
  },
  outputs: { model: port.model<ModelValue>() },
  async fingerprint({ params, host }) {
    const entry = (await host.models.list('loras')).find(({ name }) => name === params.lora_name)
    return entry === undefined ? '' : `${entry.sizeBytes} ${entry.modifiedMs}`
  },
  async run({ inputs, params, host, report, signal }) {
    if (params.strength_model === 0) return { model: inputs.model }
    const choice = { name: params.lora_name, strength: params.strength_model }
    return { model: await withLora(inputs.model, choice, { host, report, signal }) }
  },
})
