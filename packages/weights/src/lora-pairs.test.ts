import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fluxDiffusersMap } from './flux-diffusers-map.ts'
import { type LoraPairs, linearShapes, readLoraPairs } from './lora-pairs.ts'
import type { LoraTargets } from './lora-targets.ts'
import { openSafetensors } from './open-safetensors.ts'
import { errorOf, fixturePath } from './test-support.ts'
import { type TensorBytes, writeSafetensors } from './write-safetensors.ts'

async function fluxTargets(): Promise<LoraTargets> {
  await using base = await openSafetensors(fixturePath('flux-dev/weights.safetensors'))
  return { bases: linearShapes(base), modules: fluxDiffusersMap(3, 4) }
}

async function pairsOfFixture(name: string): Promise<LoraPairs> {
  await using lora = await openSafetensors(fixturePath(`flux-dev-lora/${name}`))
  return await readLoraPairs(lora, await fluxTargets())
}

/** `base rowOffset+rows of up rows rank alpha/rank` for each slice. */
function listing({ slices }: LoraPairs): string[] {
  return [...slices].flatMap(([base, of]) =>
    of.map(
      (s) =>
        `${base} ${s.rowOffset}+${s.rows} rank ${s.rank} scale ${s.alpha / s.rank} from ${s.upRowOffset}`,
    ),
  )
}

function f32(shape: readonly number[], value = 0): TensorBytes {
  const count = shape.reduce((product, extent) => product * extent, 1)
  return { dtype: 'F32', shape, bytes: new Uint8Array(new Float32Array(count).fill(value).buffer) }
}

/** Pairs of a LoRA file that is made for the test. */
async function pairsOf(
  tensors: Readonly<Record<string, TensorBytes>>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<LoraPairs> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'weights-'))
  const path = join(folder.path, 'lora.safetensors')
  await writeSafetensors(path, tensors, metadata)
  await using lora = await openSafetensors(path)
  return await readLoraPairs(lora, await fluxTargets())
}

describe('readLoraPairs on the fixtures', () => {
  it('reads kohya’s names: whole fused modules, alpha or the rank', async () => {
    const pairs = await pairsOfFixture('lora.kohya.safetensors')
    expect(pairs.unmatched).toEqual([])
    expect(listing(pairs)).toEqual([
      'double_blocks.0.img_attn.qkv 0+192 rank 4 scale 0.5 from 0',
      'double_blocks.0.txt_attn.proj 0+64 rank 3 scale 1 from 0',
      'double_blocks.1.img_mlp.0 0+256 rank 4 scale 2 from 0',
      'double_blocks.1.img_mod.lin 0+384 rank 2 scale 0.5 from 0',
      'double_blocks.1.txt_mlp.2 0+64 rank 2 scale 1 from 0',
      'single_blocks.0.linear1 0+448 rank 6 scale 0.5 from 0',
      'single_blocks.1.linear2 0+64 rank 4 scale 1 from 0',
      'single_blocks.1.modulation.lin 0+192 rank 2 scale 1 from 0',
    ])
    expect(pairs.slices.get('double_blocks.1.txt_mlp.2')).toEqual([
      {
        rowOffset: 0,
        rows: 64,
        upRowOffset: 0,
        rank: 2,
        alpha: 2,
        down: 'lora_unet_double_blocks_1_txt_mlp_2.lora_down.weight',
        up: 'lora_unet_double_blocks_1_txt_mlp_2.lora_up.weight',
      },
    ])
  })

  it('reads diffusers’ names: rows of fused modules', async () => {
    const pairs = await pairsOfFixture('lora.diffusers.safetensors')
    expect(pairs.unmatched).toEqual([])
    expect(listing(pairs)).toEqual([
      'double_blocks.0.img_attn.proj 0+64 rank 2 scale 1 from 0',
      'double_blocks.0.img_attn.qkv 0+64 rank 4 scale 1 from 0',
      'double_blocks.0.img_attn.qkv 128+64 rank 3 scale 1 from 0',
      'double_blocks.0.txt_mlp.2 0+64 rank 2 scale 1 from 0',
      'double_blocks.1.img_mlp.0 0+256 rank 3 scale 1 from 0',
      'double_blocks.1.txt_attn.qkv 64+64 rank 4 scale 1 from 0',
      'double_blocks.1.txt_mod.lin 0+384 rank 2 scale 1 from 0',
      'single_blocks.0.linear1 64+64 rank 4 scale 1 from 0',
      'single_blocks.0.linear1 192+256 rank 4 scale 1 from 0',
      'single_blocks.2.linear2 0+64 rank 3 scale 1 from 0',
    ])
  })
})

describe('readLoraPairs on other spellings', () => {
  const down = f32([2, 64])
  const up = f32([64, 2])

  it.each([
    ['diffusion_model.double_blocks.0.img_attn.proj', 'lora_A', 'lora_B'],
    ['model.diffusion_model.double_blocks.0.img_attn.proj', 'lora_down', 'lora_up'],
    ['diffusion_model.transformer_blocks.0.attn.to_out.0', 'lora_A', 'lora_B'],
    ['transformer.transformer_blocks.0.attn.to_out.0', 'lora.down', 'lora.up'],
    ['base_model.model.transformer_blocks.0.attn.to_out.0', 'lora_A.default', 'lora_B.default'],
    ['double_blocks.0.img_attn.proj', 'lora_A', 'lora_B'],
    ['lora_transformer_transformer_blocks_0_attn_to_out_0', 'lora_down', 'lora_up'],
    ['lora_unet_transformer_blocks_0_attn_to_out_0', 'lora_down', 'lora_up'],
  ])('knows %s with %s', async (module, downName, upName) => {
    const keys = { down: `${module}.${downName}.weight`, up: `${module}.${upName}.weight` }
    const pairs = await pairsOf({ [keys.down]: down, [keys.up]: up, [`${module}.alpha`]: f32([], 3) })
    expect(pairs.unmatched).toEqual([])
    expect(pairs.slices.get('double_blocks.0.img_attn.proj')).toMatchObject([{ ...keys, alpha: 3, rank: 2 }])
  })

  it('turns the halves of norm_out around', async () => {
    const module = 'transformer.norm_out.linear'
    const pairs = await pairsOf({
      [`${module}.lora_A.weight`]: down,
      [`${module}.lora_B.weight`]: f32([128, 2]),
    })
    expect(listing(pairs)).toEqual([
      'final_layer.adaLN_modulation.1 0+64 rank 2 scale 1 from 64',
      'final_layer.adaLN_modulation.1 64+64 rank 2 scale 1 from 0',
    ])
  })

  it('takes alpha from whole numbers, from the adapter metadata, and with rank-stabilised scaling', async () => {
    const module = 'transformer.transformer_blocks.0.attn.to_q'
    const pair = { [`${module}.lora_A.weight`]: f32([4, 64]), [`${module}.lora_B.weight`]: f32([64, 4]) }
    const whole: TensorBytes = { dtype: 'I64', shape: [], bytes: new Uint8Array(BigInt64Array.of(8n).buffer) }
    const alphaOf = async (metadata: Record<string, unknown>, extra = {}): Promise<number | undefined> => {
      const pairs = await pairsOf({ ...pair, ...extra }, { lora_adapter_metadata: JSON.stringify(metadata) })
      return pairs.slices.get('double_blocks.0.img_attn.qkv')?.[0]?.alpha
    }
    expect(await alphaOf({})).toBe(4)
    expect(await alphaOf({ 'transformer.lora_alpha': 16 })).toBe(16)
    expect(await alphaOf({ 'transformer.lora_alpha': 16, 'transformer.use_rslora': true })).toBe(32)
    const pattern = { 'attn.to_q': 6, 'attn.to_k': 7 }
    expect(await alphaOf({ 'transformer.lora_alpha': 16, 'transformer.alpha_pattern': pattern })).toBe(6)
    expect(await alphaOf({ 'transformer.lora_alpha': 16 }, { [`${module}.alpha`]: whole })).toBe(8)
  })
})

describe('readLoraPairs reports', () => {
  const module = 'lora_unet_double_blocks_0_img_attn_proj'
  const pair = { [`${module}.lora_down.weight`]: f32([2, 64]), [`${module}.lora_up.weight`]: f32([64, 2]) }

  it.each<[string, Readonly<Record<string, TensorBytes>>]>([
    ['unknown modules', { 'lora_te1_text_model_encoder_layers_0_mlp_fc1.lora_down.weight': f32([2, 64]) }],
    ['blocks beyond the model', { 'lora_unet_double_blocks_3_img_attn_proj.alpha': f32([]) }],
    ['keys without a module', { alpha: f32([]), '.alpha': f32([]), 'a.b.c.d.e.f': f32([]) }],
    ['half pairs', { [`${module}.lora_down.weight`]: f32([2, 64]), [`${module}.alpha`]: f32([]) }],
    ['modules with more than a pair', { ...pair, [`${module}.dora_scale`]: f32([64, 1]) }],
    ['modules with a bias', { ...pair, [`${module}.lora_B.bias`]: f32([64]) }],
    ['a pair under two names', { ...pair, [`${module}.lora_A.weight`]: f32([2, 64]) }],
    ['other methods', { [`${module}.hada_w1_a`]: f32([64, 2]), [`${module}.lokr_w1`]: f32([2, 2]) }],
  ])('%s as unmatched', async (_, tensors) => {
    const pairs = await pairsOf(tensors)
    expect([...pairs.slices]).toEqual([])
    expect([...pairs.unmatched].sort()).toEqual(Object.keys(tensors).sort())
  })

  it.each<[string, string, Readonly<Record<string, TensorBytes>>]>([
    ['another width', 'WRONG_SHAPE', { ...pair, [`${module}.lora_down.weight`]: f32([2, 63]) }],
    ['another height', 'WRONG_SHAPE', { ...pair, [`${module}.lora_up.weight`]: f32([65, 2]) }],
    ['two ranks', 'WRONG_SHAPE', { ...pair, [`${module}.lora_up.weight`]: f32([64, 3]) }],
    ['a convolution', 'WRONG_SHAPE', { ...pair, [`${module}.lora_down.weight`]: f32([2, 64, 1, 1]) }],
    [
      'rank 0',
      'WRONG_SHAPE',
      { [`${module}.lora_down.weight`]: f32([0, 64]), [`${module}.lora_up.weight`]: f32([64, 0]) },
    ],
    ['two alphas', 'WRONG_SHAPE', { ...pair, [`${module}.alpha`]: f32([2]) }],
    ['an infinite alpha', 'WRONG_SHAPE', { ...pair, [`${module}.alpha`]: f32([], Infinity) }],
    [
      'whole numbers as weights',
      'WRONG_DTYPE',
      { ...pair, [`${module}.lora_up.weight`]: { dtype: 'U8', shape: [64, 2], bytes: new Uint8Array(128) } },
    ],
  ])('%s as %s', async (_, code, tensors) => {
    expect((await errorOf(() => pairsOf(tensors))).code).toBe(code)
  })

  it('adapter metadata that is no JSON object as BAD_HEADER', async () => {
    for (const text of ['nonsense', '3', 'null']) {
      expect((await errorOf(() => pairsOf(pair, { lora_adapter_metadata: text }))).code).toBe('BAD_HEADER')
    }
  })

  it('names spelled alike for two modules as unmatched', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'weights-'))
    const path = join(folder.path, 'lora.safetensors')
    await writeSafetensors(path, {
      'lora_unet_a_b.lora_down.weight': f32([1, 2]),
      'lora_unet_a_b.lora_up.weight': f32([2, 1]),
    })
    await using lora = await openSafetensors(path)
    const bases = new Map([
      ['a.b', [2, 2]],
      ['a_b', [2, 2]],
    ] as const)
    expect((await readLoraPairs(lora, { bases, modules: [] })).unmatched.length).toBe(2)
  })
})
