/** LoRAs on text encoders: side paths give what merged weights give. */
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  clipGraph,
  clipInputs,
  clipLoraTargets,
  createLoraPath,
  detectClip,
  detectT5,
  type Lora,
  t5Graph,
  t5Inputs,
  t5LoraTargets,
} from '@dicache/models'
import { createRuntime, type Runtime } from '@dicache/runtime'
import type { FloatTensor } from '@dicache/tensor'
import { openWeights } from '@dicache/weights'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asFloat, compareNumbers } from '../check.ts'
import { type MadeLora, type MadePair, writeLora, writeMerged } from '../testing/merged-lora.ts'
import { fixtureFolder } from '../testing/run-check.ts'

let runtime: Runtime
beforeAll(async () => {
  runtime = await createRuntime({ device: 'cpu' })
})
afterAll(() => runtime.dispose())

type Output = (weights: string, lora?: Lora) => Promise<FloatTensor>

const IDS = {
  dtype: 'int32',
  shape: [2, 6],
  data: Int32Array.of(510, 7, 30, 511, 511, 511, 510, 9, 9, 4, 80, 511),
} as const

const clipOutput: Output = async (weights, lora) => {
  await using file = await openWeights(weights)
  const config = detectClip(file, { num_attention_heads: 4 })
  if (config === undefined) throw new Error('no CLIP')
  const source = { file, config, outputs: ['pooled'], compute: 'float32', weights: 'resident' } as const
  const graph = clipGraph({ ...source, ...(lora && { lora }) }, weights)
  const session = await runtime.openGraph(graph)
  return asFloat('pooled', (await session.run(clipInputs(config, IDS)))['pooled'] ?? IDS)
}

const t5Output: Output = async (weights, lora) => {
  await using file = await openWeights(weights)
  const config = detectT5(file)
  if (config === undefined) throw new Error('no T5')
  const ids = { ...IDS, data: IDS.data.map((id) => id % 100) }
  const source = {
    file,
    config,
    mask: false,
    outputs: ['last'],
    compute: 'float32',
    weights: 'resident',
  } as const
  const graph = t5Graph({ ...source, ...(lora && { lora }) }, weights)
  const session = await runtime.openGraph(graph)
  return asFloat('last', (await session.run(t5Inputs(config, ids)))['last'] ?? IDS)
}

/** Pairs by hand: a name in the LoRA file, the module of the weights, its [out, in]. */
type Rows = readonly [name: string, module: string, out: number, inn: number]
const pairsOf = (rows: readonly Rows[], style: MadePair['style'], alpha?: number): readonly MadePair[] =>
  rows.map(([name, module, out, inn]) => ({
    name,
    style,
    dtype: style === 'kohya' ? 'F16' : 'F32',
    rank: 3,
    ...(alpha === undefined ? {} : { alpha }),
    shape: [out, inn],
    rows: [{ module, start: 0, up: 0, count: out }],
  }))

const CLIP = 'text_model.encoder.layers'
const T5 = 'encoder.block'
/** Sizes of the fixture. */
async function sizes(name: string, key: string): Promise<readonly [number, number]> {
  await using file = await openWeights(path.join(fixtureFolder(name), 'weights.safetensors'))
  const [out = 0, inn = 0] = file.tensors.get(`${key}.weight`)?.shape ?? []
  return [out, inn]
}

async function rowsOf(
  fixture: string,
  names: readonly (readonly [name: string, module: string])[],
): Promise<readonly Rows[]> {
  const rows: Rows[] = []
  for (const [name, module] of names) rows.push([name, module, ...(await sizes(fixture, module))])
  return rows
}

test.each([
  {
    what: 'CLIP, kohya',
    fixture: 'clip-l',
    style: 'kohya',
    alpha: 2,
    output: clipOutput,
    names: [
      ['lora_te1_text_model_encoder_layers_0_self_attn_q_proj', `${CLIP}.0.self_attn.q_proj`],
      ['lora_te1_text_model_encoder_layers_0_self_attn_k_proj', `${CLIP}.0.self_attn.k_proj`],
      ['lora_te1_text_model_encoder_layers_2_mlp_fc1', `${CLIP}.2.mlp.fc1`],
      ['lora_te_text_model_encoder_layers_1_mlp_fc2', `${CLIP}.1.mlp.fc2`],
    ],
  },
  {
    what: 'CLIP, diffusers',
    fixture: 'clip-l',
    style: 'diffusers',
    alpha: undefined,
    output: clipOutput,
    names: [
      ['text_encoder.text_model.encoder.layers.1.self_attn.out_proj', `${CLIP}.1.self_attn.out_proj`],
      ['text_encoder.text_model.encoder.layers.2.self_attn.v_proj', `${CLIP}.2.self_attn.v_proj`],
    ],
  },
  {
    what: 'T5, kohya',
    fixture: 't5',
    style: 'kohya',
    alpha: 1,
    output: t5Output,
    names: [
      ['lora_te2_encoder_block_0_layer_0_SelfAttention_q', `${T5}.0.layer.0.SelfAttention.q`],
      ['lora_te2_encoder_block_0_layer_0_SelfAttention_o', `${T5}.0.layer.0.SelfAttention.o`],
      ['lora_te3_encoder_block_1_layer_1_DenseReluDense_wi_0', `${T5}.1.layer.1.DenseReluDense.wi_0`],
      ['text_encoder_2.encoder.block.1.layer.1.DenseReluDense.wo', `${T5}.1.layer.1.DenseReluDense.wo`],
    ],
  },
] as const)('$what', async ({ fixture, style, alpha, output, names }) => {
  await using folder = await mkdtempDisposable(path.join(tmpdir(), 'text-lora-'))
  const at = (name: string): string => path.join(folder.path, name)
  const base = path.join(fixtureFolder(fixture), 'weights.safetensors')
  const made: MadeLora = {
    file: 'lora.safetensors',
    strength: 0.7,
    pairs: pairsOf(await rowsOf(fixture, names), style, alpha),
  }
  await writeLora(at(made.file), made.pairs, 5)
  await writeMerged(base, at('merged.safetensors'), [made])

  await using weights = await openWeights(base)
  const clip = detectClip(weights)
  const t5 = detectT5(weights)
  const targets = clip === undefined ? t5 && t5LoraTargets(t5) : clipLoraTargets(clip)
  if (targets === undefined) throw new Error('not recognised')
  await using file = await openWeights(at(made.file))
  const lora = await createLoraPath([{ file, strength: made.strength }], targets)
  expect(lora.unmatched).toEqual([])

  const [plain, merged, sides] = [
    await output(base),
    await output(at('merged.safetensors')),
    await output(base, lora),
  ]
  expect(compareNumbers('sides', sides, merged, 2e-4)).toMatchObject({ ok: true })
  expect(compareNumbers('plain', plain, merged, 0.01)).toMatchObject({ ok: false })
})
