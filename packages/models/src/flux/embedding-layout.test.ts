import { floatTensor, type NamedTensors } from '@dicache/tensor'
import { describe, expect, it } from 'vitest'
import { FLUX_SMALL, syntheticFluxFile } from '../testing/synthetic-flux.ts'
import { detectFlux, type FluxConfig } from './config.ts'
import { fluxEmbedding } from './embedding-layout.ts'

function configOf(guidance = true): FluxConfig {
  const config = detectFlux(syntheticFluxFile({ ...FLUX_SMALL, guidance }))
  if (config === undefined) throw new Error('not recognised')
  return config
}

const CONFIG = configOf()
const C = CONFIG.hidden
const DOUBLE = 12 * C
const ALL = CONFIG.doubleBlocks * DOUBLE + CONFIG.singleBlocks * 3 * C
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
    const rows = samples * levels
    const numbered = (width: number): Float32Array =>
      Float32Array.from({ length: rows * width }, (_, n) => Math.floor(n / width) * 10_000 + (n % width))
    return {
      txt: floatTensor([samples, 7, C]),
      modulation: floatTensor([rows, ALL], numbered(ALL)),
      head_modulation: floatTensor([rows, 2 * C], numbered(2 * C)),
    }
  }

  it.each([1, 2])('of %i samples reads its own rows, and each part the columns of its blocks', (samples) => {
    const at = { depth: 1, signal: 'hidden', index: 2 } as const
    const { probe, deep, head } = fluxEmbedding(CONFIG).cut(outputs(samples, 3), at)
    const row = 2 * samples
    expect(probe['modulation']?.shape).toEqual([samples, DOUBLE])
    expect(deep['modulation']?.shape).toEqual([samples, ALL - DOUBLE])
    expect(probe['modulation']?.data[0]).toBe(row * 10_000)
    expect(probe['modulation']?.data.at(-1)).toBe((row + samples - 1) * 10_000 + DOUBLE - 1)
    expect(deep['modulation']?.data[0]).toBe(row * 10_000 + DOUBLE)
    expect(deep['modulation']?.data.at(-1)).toBe((row + samples - 1) * 10_000 + ALL - 1)
    expect(head['head_modulation']?.data[0]).toBe(row * 10_000)
    expect(probe['txt']?.shape).toEqual([samples, 7, C])
  })

  it('gives a part without blocks no modulation, but a signal the first block’s', () => {
    const { cut } = fluxEmbedding(CONFIG)
    const level = (depth: number, signal: 'hidden' | 'modulated'): readonly (number | undefined)[] => {
      const { probe, deep } = cut(outputs(1, 1), { depth, signal, index: 0 })
      return [probe['modulation']?.shape[1], deep['modulation']?.shape[1]]
    }
    const blocks = CONFIG.doubleBlocks + CONFIG.singleBlocks
    expect(level(0, 'hidden')).toEqual([undefined, ALL])
    expect(level(0, 'modulated')).toEqual([DOUBLE, ALL])
    expect(level(1, 'modulated')).toEqual([DOUBLE, ALL - DOUBLE])
    expect(level(blocks, 'hidden')).toEqual([ALL, undefined])
  })
})
