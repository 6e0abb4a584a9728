import { type FloatTensor, floatTensor, type NamedTensors } from '@dicache/tensor'
import { describe, expect, it } from 'vitest'
import { FLUX_SMALL, syntheticFluxFile } from '../testing/synthetic-flux.ts'
import { detectFlux, type FluxConfig, modulationModules } from './config.ts'
import { fluxEmbedding } from './embedding-layout.ts'

function configOf(guidance = true): FluxConfig {
  const config = detectFlux(syntheticFluxFile({ ...FLUX_SMALL, guidance }))
  if (config === undefined) throw new Error('not recognised')
  return config
}

const CONFIG = configOf()
const C = CONFIG.hidden
const IMG = 'double_blocks.0.img_mod'
const TXT = 'double_blocks.0.txt_mod'
const REST = modulationModules(CONFIG, { from: 1, to: CONFIG.doubleBlocks + CONFIG.singleBlocks })
const CONSTANTS = {
  context: floatTensor([2, 7, 48]),
  pooled: floatTensor(
    [2, 40],
    Float32Array.from({ length: 80 }, (_, n) => n),
  ),
  guidance: floatTensor([2], Float32Array.of(3, 4)),
}

describe('inputs', () => {
  it('have a row a sample at each level, level by level', () => {
    const { context, pooled, timestep, guidance } = fluxEmbedding(CONFIG).inputs(CONSTANTS, [1, 0.5])
    expect(context).toBe(CONSTANTS.context)
    expect(timestep).toEqual(floatTensor([4], Float32Array.of(1, 1, 0.5, 0.5)))
    expect(guidance).toEqual(floatTensor([4], Float32Array.of(3, 4, 3, 4)))
    expect(pooled?.shape).toEqual([4, 40])
    expect(pooled?.data.slice(80)).toEqual(CONSTANTS.pooled.data)
  })

  it('take no guidance where the run has none', () => {
    const { guidance: _, ...rest } = CONSTANTS
    expect(Object.keys(fluxEmbedding(configOf(false)).inputs(rest, [1]))).toEqual([
      'context',
      'pooled',
      'timestep',
    ])
  })
})

describe('a level', () => {
  const outputs = (samples: number, levels: number): NamedTensors => {
    const rows = (width: number): FloatTensor =>
      floatTensor(
        [samples * levels, width],
        Float32Array.from({ length: samples * levels * width }, (_, n) => Math.floor(n / width)),
      )
    const names = [IMG, TXT, ...REST, 'final_layer.shift', 'final_layer.scale']
    const widthOf = (name: string): number =>
      (name.startsWith('double') ? 6 : name.startsWith('single') ? 3 : 1) * C
    return {
      txt: floatTensor([samples, 7, C]),
      ...Object.fromEntries(names.map((name) => [name, rows(widthOf(name))])),
    }
  }

  it.each([1, 2])('of %i samples is its own rows, for the parts that read them', (samples) => {
    const at = { depth: 1, signal: 'hidden', index: 2 } as const
    const { probe, deep, head } = fluxEmbedding(CONFIG).cut(outputs(samples, 3), at)
    expect(Object.keys(probe)).toEqual(['txt', IMG, TXT])
    expect(Object.keys(deep)).toEqual(REST)
    expect(Object.keys(head)).toEqual(['final_layer.shift', 'final_layer.scale'])
    for (const tensors of [deep, head, { a: probe[IMG], b: probe[TXT] }]) {
      for (const tensor of Object.values(tensors)) {
        expect(tensor?.shape.slice(0, 2)).toEqual([samples, 1])
        expect([tensor?.data[0], tensor?.data.at(-1)]).toEqual([2 * samples, 3 * samples - 1])
      }
    }
  })

  it('gives a part without blocks no modulation, but a signal the first block’s', () => {
    const { cut } = fluxEmbedding(CONFIG)
    const read = (depth: number, signal: 'hidden' | 'modulated'): readonly (readonly string[])[] => {
      const { probe, deep } = cut(outputs(1, 1), { depth, signal, index: 0 })
      return [Object.keys(probe), Object.keys(deep)]
    }
    const blocks = CONFIG.doubleBlocks + CONFIG.singleBlocks
    expect(read(0, 'hidden')).toEqual([['txt'], [IMG, TXT, ...REST]])
    expect(read(0, 'modulated')).toEqual([
      ['txt', IMG],
      [IMG, TXT, ...REST],
    ])
    expect(read(1, 'modulated')).toEqual([['txt', IMG, TXT], REST])
    expect(read(blocks, 'hidden')).toEqual([['txt', IMG, TXT, ...REST], []])
  })
})
