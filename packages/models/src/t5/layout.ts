/** Where a T5 tensor of Hugging Face's naming is stored: under that name, or under Wan's own. */
import type { Stored } from '../weight-reader.ts'
import type { T5Config } from './config.ts'

const WAN: Readonly<Record<string, string>> = {
  'layer.0.SelfAttention.q': 'attn.q',
  'layer.0.SelfAttention.k': 'attn.k',
  'layer.0.SelfAttention.v': 'attn.v',
  'layer.0.SelfAttention.o': 'attn.o',
  'layer.0.SelfAttention.relative_attention_bias': 'pos_embedding.embedding',
  'layer.0.layer_norm': 'norm1',
  'layer.1.DenseReluDense.wi_0': 'ffn.gate.0',
  'layer.1.DenseReluDense.wi_1': 'ffn.fc1',
  'layer.1.DenseReluDense.wo': 'ffn.fc2',
  'layer.1.layer_norm': 'norm2',
}

/** Maps Hugging Face's names to the file's own tensors. */
export function t5Locate(config: T5Config): (name: string) => Stored {
  if (config.layout === 'huggingface') return (name) => ({ key: config.prefix + name })
  return function locateInWan(name) {
    if (name === 'encoder.final_layer_norm.weight') return { key: `${config.prefix}norm.weight` }
    const [, index, module = '', leaf] = /^encoder\.block\.(\d+)\.(.+)\.(\w+)$/.exec(name) ?? []
    if (index === undefined) return { key: config.prefix + name }
    return { key: `${config.prefix}blocks.${index}.${WAN[module] ?? module}.${leaf}` }
  }
}
