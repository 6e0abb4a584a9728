/** Where a FLUX tensor of BFL's naming is stored in a file: BFL's own keys, or diffusers' with fused rows taken apart. */
import type { Rows, Stored } from '../weight-reader.ts'
import type { FluxConfig } from './config.ts'

type Locate = (name: string, rows: Rows | undefined) => Stored

const GLOBAL: Readonly<Record<string, string>> = {
  img_in: 'x_embedder',
  txt_in: 'context_embedder',
  'time_in.in_layer': 'time_text_embed.timestep_embedder.linear_1',
  'time_in.out_layer': 'time_text_embed.timestep_embedder.linear_2',
  'vector_in.in_layer': 'time_text_embed.text_embedder.linear_1',
  'vector_in.out_layer': 'time_text_embed.text_embedder.linear_2',
  'guidance_in.in_layer': 'time_text_embed.guidance_embedder.linear_1',
  'guidance_in.out_layer': 'time_text_embed.guidance_embedder.linear_2',
  'final_layer.linear': 'proj_out',
}

const DOUBLE: Readonly<Record<string, string>> = {
  'img_attn.proj': 'attn.to_out.0',
  'txt_attn.proj': 'attn.to_add_out',
  'img_mlp.0': 'ff.net.0.proj',
  'img_mlp.2': 'ff.net.2',
  'txt_mlp.0': 'ff_context.net.0.proj',
  'txt_mlp.2': 'ff_context.net.2',
  'img_mod.lin': 'norm1.linear',
  'txt_mod.lin': 'norm1_context.linear',
  'img_attn.norm.query_norm': 'attn.norm_q',
  'img_attn.norm.key_norm': 'attn.norm_k',
  'txt_attn.norm.query_norm': 'attn.norm_added_q',
  'txt_attn.norm.key_norm': 'attn.norm_added_k',
}

const SINGLE: Readonly<Record<string, string>> = {
  linear2: 'proj_out',
  'modulation.lin': 'norm.linear',
  'norm.query_norm': 'attn.norm_q',
  'norm.key_norm': 'attn.norm_k',
}

/** Fused modules: their equal parts of `hidden` rows, in order, and what follows them. */
const FUSED: Readonly<Record<string, readonly string[]>> = {
  'img_attn.qkv': ['attn.to_q', 'attn.to_k', 'attn.to_v'],
  'txt_attn.qkv': ['attn.add_q_proj', 'attn.add_k_proj', 'attn.add_v_proj'],
  linear1: ['attn.to_q', 'attn.to_k', 'attn.to_v', 'proj_mlp'],
}

/** Maps BFL names (with rows of fused modules) to the file's own tensors. */
export function fluxLocate(config: FluxConfig): Locate {
  if (config.layout === 'bfl') {
    return (name, rows) => ({ key: config.prefix + name, ...(rows === undefined ? {} : { rows }) })
  }
  return function locateInDiffusers(name, rows) {
    const cut = name.lastIndexOf('.')
    const module = name.slice(0, cut)
    const leaf = name.slice(cut + 1) === 'scale' ? 'weight' : name.slice(cut + 1)
    if (module === 'final_layer.adaLN_modulation.1') {
      // BFL stores (shift, scale), diffusers (scale, shift).
      const start = rows?.start === 0 ? config.hidden : 0
      return { key: `${config.prefix}norm_out.linear.${leaf}`, rows: { start, count: config.hidden } }
    }
    const block = /^(double|single)_blocks\.(\d+)\.(.+)$/.exec(module)
    const [, kind, index, inner = ''] = block ?? []
    if (kind === undefined) return { key: `${config.prefix}${GLOBAL[module] ?? module}.${leaf}` }
    const base = `${config.prefix}${kind === 'double' ? '' : 'single_'}transformer_blocks.${index}.`
    const parts = FUSED[inner]
    if (parts !== undefined) {
      const part = parts[(rows?.start ?? 0) / config.hidden]
      return { key: `${base}${part ?? inner}.${leaf}` }
    }
    const renamed = (kind === 'double' ? DOUBLE : SINGLE)[inner] ?? inner
    return { key: `${base}${renamed}.${leaf}`, ...(rows === undefined ? {} : { rows }) }
  }
}
