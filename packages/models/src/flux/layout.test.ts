import { describe, expect, it } from 'vitest'
import { openFixture } from '../testing/header-only.ts'
import { FLUX_SMALL, syntheticFluxFile } from '../testing/synthetic-flux.ts'
import { detectFlux, type FluxConfig } from './config.ts'
import { fluxLocate } from './layout.ts'

function configOf(file: Parameters<typeof detectFlux>[0]): FluxConfig {
  const config = detectFlux(file)
  if (config === undefined) throw new Error('not recognised')
  return config
}

describe('BFL’s keys', () => {
  it('stay, behind the file’s own prefix', () => {
    const config = { ...configOf(syntheticFluxFile(FLUX_SMALL)), prefix: 'model.diffusion_model.' }
    const rows = { start: 64, count: 64 }
    expect(fluxLocate(config)('img_in.weight', undefined)).toEqual({
      key: 'model.diffusion_model.img_in.weight',
    })
    expect(fluxLocate(config)('double_blocks.0.img_attn.qkv.weight', rows)).toEqual({
      key: 'model.diffusion_model.double_blocks.0.img_attn.qkv.weight',
      rows,
    })
  })
})

describe('diffusers’ keys', () => {
  it.each<[string, number | undefined, string, number | undefined]>([
    ['img_in.weight', undefined, 'x_embedder.weight', undefined],
    ['guidance_in.in_layer.bias', undefined, 'time_text_embed.guidance_embedder.linear_1.bias', undefined],
    ['double_blocks.1.img_attn.qkv.weight', 0, 'transformer_blocks.1.attn.to_q.weight', undefined],
    ['double_blocks.1.img_attn.qkv.weight', 1, 'transformer_blocks.1.attn.to_k.weight', undefined],
    ['double_blocks.1.txt_attn.qkv.bias', 2, 'transformer_blocks.1.attn.add_v_proj.bias', undefined],
    [
      'double_blocks.1.txt_attn.norm.key_norm.scale',
      undefined,
      'transformer_blocks.1.attn.norm_added_k.weight',
      undefined,
    ],
    ['double_blocks.0.img_mlp.2.weight', undefined, 'transformer_blocks.0.ff.net.2.weight', undefined],
    ['single_blocks.3.linear1.weight', 3, 'single_transformer_blocks.3.proj_mlp.weight', undefined],
    ['single_blocks.3.linear2.weight', undefined, 'single_transformer_blocks.3.proj_out.weight', undefined],
    [
      'single_blocks.3.modulation.lin.bias',
      undefined,
      'single_transformer_blocks.3.norm.linear.bias',
      undefined,
    ],
    ['final_layer.adaLN_modulation.1.weight', 0, 'norm_out.linear.weight', 1],
    ['final_layer.adaLN_modulation.1.weight', 1, 'norm_out.linear.weight', 0],
    ['final_layer.linear.weight', undefined, 'proj_out.weight', undefined],
  ])('%s, part %s', async (name, part, key, storedPart) => {
    await using file = await openFixture('flux-dev/weights.diffusers.safetensors')
    const config = configOf(file)
    const count = config.hidden
    const rows = part === undefined ? undefined : { start: part * count, count }
    const stored = fluxLocate(config)(name, rows)
    expect(stored).toEqual({
      key,
      ...(storedPart === undefined ? {} : { rows: { start: storedPart * count, count } }),
    })
    expect(file.tensors.has(stored.key)).toBe(true)
  })
})
