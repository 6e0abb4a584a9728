/** Where an autoencoder's tensor of BFL's naming is stored: under that name, or under diffusers'. */
import type { Stored } from '../weight-reader.ts'
import type { AutoencoderConfig } from './config.ts'

const MIDDLE: Readonly<Record<string, string>> = {
  'mid.block_1': 'mid_block.resnets.0',
  'mid.block_2': 'mid_block.resnets.1',
  'mid.attn_1': 'mid_block.attentions.0',
}

const ATTENTION: Readonly<Record<string, string>> = {
  norm: 'group_norm',
  q: 'to_q',
  k: 'to_k',
  v: 'to_v',
  proj_out: 'to_out.0',
}

/** Maps BFL's names to the file's own tensors. */
export function autoencoderLocate(config: AutoencoderConfig): (name: string) => Stored {
  if (config.layout === 'bfl') return (name) => ({ key: config.prefix + name })
  const last = config.decoder.levels.length - 1
  return function locateInDiffusers(name) {
    const [, half, inner = ''] = /^(encoder|decoder)\.(.+)$/.exec(name) ?? []
    return { key: config.prefix + (half === undefined ? name : `${half}.${renamed(inner, last)}`) }
  }
}

function renamed(name: string, last: number): string {
  const [, way, level = '', rest = ''] = /^(down|up)\.(\d+)\.(.+)$/.exec(name) ?? []
  if (way !== undefined) {
    const index = way === 'down' ? level : String(last - Number(level))
    const inner = rest
      .replace(/^block\./, 'resnets.')
      .replace('nin_shortcut', 'conv_shortcut')
      .replace(/^(down|up)sample\./, '$1samplers.0.')
    return `${way}_blocks.${index}.${inner}`
  }
  const [, middle = '', tail = ''] = /^(mid\.\w+)\.(.+)$/.exec(name) ?? []
  const block = MIDDLE[middle]
  if (block === undefined) return name.replace(/^norm_out\./, 'conv_norm_out.')
  if (middle !== 'mid.attn_1') return `${block}.${tail}`
  const [module = '', leaf = ''] = tail.split('.')
  return `${block}.${ATTENTION[module] ?? module}.${leaf}`
}
