import { copyFile, mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGraph, type GraphSummary } from '@dicache/onnx'
import {
  type LoraTargets,
  openWeights,
  type TensorBytes,
  type WeightFile,
  writeSafetensors,
} from '@dicache/weights'
import { describe, expect, it } from 'vitest'
import { detectFlux, type FluxConfig } from '../flux/config.ts'
import { buildFluxEmbed } from '../flux/embed.ts'
import { buildFluxDeep, buildFluxProbe, buildFluxReuse } from '../flux/graphs.ts'
import type { FluxSource } from '../flux/part.ts'
import { openFixture } from '../testing/header-only.ts'
import { createLoraPath, type Lora } from './create-lora-path.ts'
import { fluxLoraTargets } from './flux-targets.ts'

const KOHYA = 'flux-dev-lora/lora.kohya.safetensors'
const DIFFUSERS = 'flux-dev-lora/lora.diffusers.safetensors'

async function configOf(name: string): Promise<FluxConfig> {
  await using file = await openFixture(name)
  const config = detectFlux(file)
  if (config === undefined) throw new Error('not recognised')
  return config
}

async function fluxTargets(): Promise<LoraTargets> {
  return fluxLoraTargets(await configOf('flux-dev/weights.safetensors'))
}

async function loraOf(...inputs: readonly (readonly [string, number])[]): Promise<Lora> {
  const opened = await Promise.all(
    inputs.map(async ([name, strength]) => ({ file: await openFixture(name), strength })),
  )
  try {
    return await createLoraPath(opened, await fluxTargets())
  } finally {
    await Promise.all(opened.map(({ file }) => file.close()))
  }
}

/** A file whose tensors are those of a fixture, changed. */
async function changedLora(change: (tensors: Record<string, TensorBytes>) => void): Promise<Lora> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'lora-'))
  await using fixture = await openFixture(KOHYA)
  const tensors: Record<string, TensorBytes> = {}
  for (const { name, dtype, shape } of fixture.tensors.values()) {
    tensors[name] = { dtype, shape, bytes: await fixture.readBytes(name) }
  }
  change(tensors)
  const path = join(folder.path, 'changed.safetensors')
  await writeSafetensors(path, tensors)
  await using file = await openWeights(path)
  return await createLoraPath([{ file, strength: 1 }], await fluxTargets())
}

describe('the key', () => {
  it('is the same for the same content and strength, wherever the file lies', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'lora-'))
    await using fixture = await openFixture(KOHYA)
    const path = join(folder.path, 'copy.safetensors')
    await copyFile(fixture.path, path)
    await using copy = await openWeights(path)
    const again = await createLoraPath([{ file: copy, strength: 1 }], await fluxTargets())
    expect(again.key).toBe((await loraOf([KOHYA, 1])).key)
  })

  it('differs with content, alpha, strength, number and order', async () => {
    const keys = [
      await loraOf([KOHYA, 1]),
      await loraOf([KOHYA, 0.5]),
      await loraOf([KOHYA, -1]),
      await loraOf([DIFFUSERS, 1]),
      await loraOf([KOHYA, 1], [KOHYA, 1]),
      await loraOf([KOHYA, 1], [DIFFUSERS, 1]),
      await loraOf([DIFFUSERS, 1], [KOHYA, 1]),
      await changedLora((tensors) => {
        const [name = ''] = Object.keys(tensors).filter((key) => key.endsWith('lora_up.weight'))
        const old = tensors[name]
        if (old === undefined) throw new Error('no up')
        tensors[name] = { ...old, bytes: old.bytes.map((byte, n) => (n === 0 ? byte ^ 1 : byte)) }
      }),
      await changedLora((tensors) => {
        const [name = ''] = Object.keys(tensors).filter((key) => key.endsWith('.alpha'))
        tensors[name] = { dtype: 'F32', shape: [], bytes: new Uint8Array(Float32Array.of(9).buffer) }
      }),
    ].map(({ key }) => key)
    expect(new Set(keys).size).toBe(keys.length)
  })
})

it('names the keys that nothing was made of, by file', async () => {
  const lora = await changedLora((tensors) => {
    tensors['lora_te_text_model.alpha'] = { dtype: 'F32', shape: [], bytes: new Uint8Array(4) }
    Reflect.deleteProperty(tensors, 'lora_unet_double_blocks_1_txt_mlp_2.lora_up.weight')
  })
  expect(lora.unmatched).toHaveLength(1)
  expect(lora.unmatched[0]?.path).toMatch(/changed\.safetensors$/)
  expect(lora.unmatched[0]?.keys.toSorted()).toEqual([
    'lora_te_text_model.alpha',
    'lora_unet_double_blocks_1_txt_mlp_2.lora_down.weight',
  ])
  expect((await loraOf([KOHYA, 1])).unmatched).toEqual([])
})

describe('the path', () => {
  const rows = (start: number, count: number): { start: number; count: number } => ({ start, count })

  it('gives nothing where no pair reaches', async () => {
    const { path } = await loraOf([DIFFUSERS, 1])
    const g = createGraph('test')
    const x = g.input('x', 'float32', ['B', 64])
    const reaches = (module: string, range: { start: number; count: number }): boolean =>
      path(g, { x, module, out: range.count, rows: range }) !== undefined
    expect(reaches('double_blocks.0.img_attn.qkv', rows(0, 64))).toBe(true)
    expect(reaches('double_blocks.0.img_attn.qkv', rows(64, 64))).toBe(false)
    expect(reaches('double_blocks.0.img_attn.qkv', rows(128, 64))).toBe(true)
    expect(reaches('double_blocks.0.img_attn.qkv', rows(127, 1))).toBe(false)
    expect(reaches('double_blocks.2.img_attn.qkv', rows(0, 192))).toBe(false)
    expect(path(g, { x, module: 'img_in', out: 64 })).toBeUndefined()
  })

  it('keeps the stored type of the matrices and casts them in the graph', async () => {
    const { path } = await changedLora((tensors) => {
      for (const [name, tensor] of Object.entries(tensors)) {
        if (!name.endsWith('weight')) continue
        const halves = Uint8Array.from(tensor.bytes.filter((_, n) => n % 4 >= 2))
        tensors[name] = { ...tensor, dtype: 'BF16', bytes: halves }
      }
    })
    const g = createGraph('test')
    const x = g.input('x', 'float32', ['B', 64])
    path(g, { x, module: 'double_blocks.0.txt_attn.proj', out: 64 })
    const casts = g.summary().nodes.filter(({ op }) => op === 'Cast')
    expect(casts.map(({ inputs, outputs }) => [inputs, outputs])).toEqual([
      [['bfloat16'], ['float32']],
      [['bfloat16'], ['float32']],
    ])
    expect(g.summary().weightBytes).toBe(2 * 2 * 3 * 64)
  })
})

describe('a graph', () => {
  async function sourceOf(file: WeightFile, lora?: Lora): Promise<FluxSource> {
    const config = await configOf('flux-dev/weights.safetensors')
    const path = lora === undefined ? {} : { lora: lora.path }
    return { file, config, depth: 1, compute: 'float32', weights: 'resident', ...path }
  }

  function count(summary: GraphSummary, op: string): number {
    return summary.nodes.filter((node) => node.op === op).length
  }

  it('multiplies with `down` once for the parts of a fused layer', async () => {
    await using file = await openFixture('flux-dev/weights.safetensors')
    const { path } = await loraOf([KOHYA, 1])
    const only = async (module: string): Promise<number> => {
      const chosen: Lora = {
        key: '',
        unmatched: [],
        path: (g, target) => (target.module === module ? path(g, target) : undefined),
      }
      const none: Lora = { key: '', unmatched: [], path: () => undefined }
      const [a, b] = await Promise.all([chosen, none].map((lora) => sourceOf(file, lora)))
      if (a === undefined || b === undefined) throw new Error('no source')
      return ['Probe', 'Deep'].reduce((sum, part) => {
        const build = part === 'Probe' ? buildFluxProbe : buildFluxDeep
        return sum + count(build(a).summary(), 'Gemm') - count(build(b).summary(), 'Gemm')
      }, 0)
    }
    expect(await only('double_blocks.0.img_attn.qkv')).toBe(1 + 3)
    expect(await only('single_blocks.0.linear1')).toBe(1 + 4)
    expect(await only('double_blocks.0.txt_attn.proj')).toBe(1 + 1)
  })

  it('has side paths where modulations are made, and in the head', async () => {
    await using file = await openFixture('flux-dev/weights.safetensors')
    const asked: string[] = []
    const spy: Lora = {
      key: '',
      unmatched: [],
      path: (_, { module, rows: range }) => {
        asked.push(`${module} ${range === undefined ? 'all' : range.start}`)
        return undefined
      },
    }
    buildFluxEmbed(await sourceOf(file, spy))
    for (const module of [
      'double_blocks.0.img_mod.lin all',
      'single_blocks.1.modulation.lin all',
      'txt_in all',
    ])
      expect(asked).toContain(module)
    expect(asked.filter((module) => module.startsWith('final_layer'))).toEqual([
      'final_layer.adaLN_modulation.1 0',
      'final_layer.adaLN_modulation.1 64',
    ])
    asked.length = 0
    buildFluxReuse(await sourceOf(file, spy))
    expect(asked).toEqual(['final_layer.linear all'])
  })
})
