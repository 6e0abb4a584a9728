import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createLoraPath, detectFlux, fluxLoraTargets, type fluxTransformer } from '@dicache/models'
import { createGraph } from '@dicache/onnx'
import { createRuntime, type Runtime } from '@dicache/runtime'
import { type FloatTensor, floatTensor, randn } from '@dicache/tensor'
import { openWeights } from '@dicache/weights'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asFloat, compareNumbers } from '../check.ts'
import { openCase } from '../open-case.ts'
import { type MadeLora, type MadePair, writeLora, writeMerged } from '../testing/merged-lora.ts'
import { fixtureFolder } from '../testing/run-check.ts'
import { fluxConstants, openFluxCase, openFluxSplit } from './flux-case.ts'

/** The fixture's hidden size. */
const C = 64
let runtime: Runtime

beforeAll(async () => {
  runtime = await createRuntime({ device: 'cpu' })
})
afterAll(() => runtime.dispose())

const all = (module: string, count: number): MadePair['rows'] => [{ module, start: 0, up: 0, count }]

/** Layers before the blocks, in the head, whole and in part, under either naming. */
const FIRST: readonly MadePair[] = [
  {
    name: 'transformer.norm_out.linear',
    style: 'diffusers',
    dtype: 'F32',
    rank: 3,
    shape: [2 * C, C],
    rows: [
      { module: 'final_layer.adaLN_modulation.1', start: 0, up: C, count: C },
      { module: 'final_layer.adaLN_modulation.1', start: C, up: 0, count: C },
    ],
  },
  {
    name: 'transformer.proj_out',
    style: 'diffusers',
    dtype: 'BF16',
    rank: 2,
    alpha: 5,
    shape: [64, C],
    rows: all('final_layer.linear', 64),
  },
  {
    name: 'transformer.x_embedder',
    style: 'diffusers',
    dtype: 'F16',
    rank: 4,
    shape: [C, 64],
    rows: all('img_in', C),
  },
  {
    name: 'transformer.time_text_embed.guidance_embedder.linear_1',
    style: 'diffusers',
    dtype: 'F32',
    rank: 2,
    shape: [C, 256],
    rows: all('guidance_in.in_layer', C),
  },
  {
    name: 'transformer.transformer_blocks.0.norm1.linear',
    style: 'diffusers',
    dtype: 'F32',
    rank: 2,
    shape: [6 * C, C],
    rows: all('double_blocks.0.img_mod.lin', 6 * C),
  },
  {
    name: 'transformer.transformer_blocks.2.attn.add_k_proj',
    style: 'diffusers',
    dtype: 'F32',
    rank: 2,
    shape: [C, C],
    rows: [{ module: 'double_blocks.2.txt_attn.qkv', start: C, up: 0, count: C }],
  },
]

const SECOND: readonly MadePair[] = [
  {
    name: 'lora_unet_final_layer_adaLN_modulation_1',
    style: 'kohya',
    dtype: 'F32',
    rank: 2,
    alpha: 1,
    shape: [2 * C, C],
    rows: all('final_layer.adaLN_modulation.1', 2 * C),
  },
  {
    name: 'lora_unet_double_blocks_2_txt_attn_qkv',
    style: 'kohya',
    dtype: 'F16',
    rank: 3,
    shape: [3 * C, C],
    rows: all('double_blocks.2.txt_attn.qkv', 3 * C),
  },
  {
    name: 'lora_unet_single_blocks_3_linear1',
    style: 'kohya',
    dtype: 'F32',
    rank: 3,
    alpha: 6,
    shape: [7 * C, C],
    rows: all('single_blocks.3.linear1', 7 * C),
  },
]

async function targetsOf(weights: string): Promise<ReturnType<typeof fluxLoraTargets>> {
  await using file = await openWeights(weights)
  const config = detectFlux(file)
  if (config === undefined) throw new Error('not recognised')
  return fluxLoraTargets(config)
}

type Outputs = { readonly out: FloatTensor; readonly reused: FloatTensor }

/** The velocity, and the same reused with one anchor, which is the same tokens through the reuse part's own head. */
async function outputsOf(
  caseFolder: string,
  weights: string,
  lora?: Parameters<typeof fluxTransformer>[2]['lora'],
): Promise<Outputs> {
  const c = await openCase(fixtureFolder(caseFolder))
  const model = await openFluxCase({ ...c, folder: '' }, weights, lora)
  try {
    const x = asFloat('in.x', await c.tensor('in.x'))
    const constants = await fluxConstants(c, model.config, 'in.')
    const split = await openFluxSplit(runtime.openGraph, model, { depth: 2, constants, shape: x.shape })
    const probe = await split.probe(x, 0.7, undefined)
    const samples = { start: 0, count: 1 }
    const deep = await split.deep(probe, samples)
    const anchors = { r1: deep.residual, r2: deep.residual, p1: deep.probeResidual, p2: deep.probeResidual }
    const groups = floatTensor([1, 1], Float32Array.of(1))
    const reused = await split.reuse(probe, samples, anchors, {
      anchors: 1,
      gammaClip: [1, 1.5],
      guard: true,
      groups,
    })
    return { out: deep.out, reused: reused.out }
  } finally {
    await model.file.close()
    await c.close()
  }
}

describe('side paths equal merged weights', () => {
  const base = path.join(fixtureFolder('flux-dev'), 'weights.safetensors')
  const first: MadeLora = { file: 'first.safetensors', strength: 0.9, pairs: FIRST }
  const second: MadeLora = { file: 'second.safetensors', strength: -0.5, pairs: SECOND }

  test.each<[string, string, readonly MadeLora[]]>([
    ['head, embeddings and parts, in three types', 'weights.safetensors', [first]],
    ['the same on a model with diffusers’ keys', 'weights.diffusers.safetensors', [first]],
    ['two LoRAs that meet in one layer', 'weights.safetensors', [first, second]],
  ])('%s', async (_, weights, loras) => {
    await using folder = await mkdtempDisposable(path.join(tmpdir(), 'lora-'))
    const at = (name: string): string => path.join(folder.path, name)
    for (const [n, { file, pairs }] of loras.entries()) await writeLora(at(file), pairs, 100 * n + 1)
    await writeMerged(base, at('merged.safetensors'), loras)

    const targets = await targetsOf(path.join(fixtureFolder('flux-dev'), weights))
    const files = await Promise.all(loras.map(({ file }) => openWeights(at(file))))
    const inputs = files.map((file, n) => ({ file, strength: loras[n]?.strength ?? 0 }))
    const lora = await createLoraPath(inputs, targets)
    await Promise.all(files.map((file) => file.close()))
    expect(lora.unmatched).toEqual([])

    const plain = await outputsOf('flux-dev', base)
    const merged = await outputsOf('flux-dev', at('merged.safetensors'))
    const sides = await outputsOf('flux-dev', path.join(fixtureFolder('flux-dev'), weights), lora)
    expect(compareNumbers('out', sides.out, merged.out, 1e-4)).toMatchObject({ ok: true })
    expect(compareNumbers('reused', sides.reused, merged.out, 1e-4)).toMatchObject({ ok: true })
    expect(compareNumbers('plain', plain.out, merged.out, 0.05)).toMatchObject({ ok: false })
  })
})

test('rows that a pair does not reach stay zero, rows that it reaches are its product', async () => {
  await using folder = await mkdtempDisposable(path.join(tmpdir(), 'lora-'))
  const file = path.join(folder.path, 'lora.safetensors')
  const pair: MadePair = {
    name: 'transformer.single_transformer_blocks.0.attn.to_k',
    style: 'diffusers',
    dtype: 'F32',
    rank: 2,
    shape: [C, C],
    rows: [],
  }
  await writeLora(file, [pair], 7)
  await using opened = await openWeights(file)
  const targets = await targetsOf(path.join(fixtureFolder('flux-dev'), 'weights.safetensors'))
  const lora = await createLoraPath([{ file: opened, strength: 2 }], targets)

  const down = (await opened.readFloat32(`${pair.name}.lora_A.weight`)).data
  const up = (await opened.readFloat32(`${pair.name}.lora_B.weight`)).data
  const x = randn([3, C], 8)
  const dot = (row: number, k: number): number =>
    [0, 1].reduce((sum, r) => {
      const low = Array.from({ length: C }, (_, i) => (x.data[row * C + i] ?? 0) * (down[r * C + i] ?? 0))
      return sum + 2 * (up[k * 2 + r] ?? 0) * low.reduce((a, b) => a + b, 0)
    }, 0)

  for (const [start, count] of [
    [0, 7 * C],
    [C / 2, C],
    [C, C],
    [2 * C - 1, 2],
  ] as const) {
    const g = createGraph('rows')
    const input = g.input('x', 'float32', [3, C])
    const y = lora.path(g, {
      x: input,
      module: 'single_blocks.0.linear1',
      out: count,
      rows: { start, count },
    })
    if (y === undefined) throw new Error('no side path')
    g.output('y', y)
    const session = await runtime.openGraph({ key: `rows ${start} ${count}`, weightBytes: 0, bytes: g.build })
    const { y: got } = await session.run({ x })
    const expected = Float32Array.from({ length: 3 * count }, (_, n) => {
      const row = start + (n % count)
      return row >= C && row < 2 * C ? dot(Math.floor(n / count), row - C) : 0
    })
    if (got === undefined) throw new Error('no output')
    expect(compareNumbers('y', asFloat('y', got), floatTensor([3, count], expected), 1e-5)).toMatchObject({
      ok: true,
    })
  }
})
