import { floatTensor } from '@dicache/tensor'
import { describe, expect, it } from 'vitest'
import type { LoraPath } from '../lora/lora-path.ts'
import { FLUX_SMALL, syntheticFluxFile } from '../testing/synthetic-flux.ts'
import type { Transformer } from '../transformer.ts'
import { detectFlux } from './config.ts'
import { fluxTransformer, type FluxTransformerOptions } from './transformer.ts'

const OPTIONS: FluxTransformerOptions = { fileKey: 'file 1', compute: 'float32', weights: 'resident' }

function transformerOf(changes: Partial<FluxTransformerOptions> = {}, guidance = true): Transformer {
  const file = syntheticFluxFile({ ...FLUX_SMALL, guidance })
  const config = detectFlux(file)
  if (config === undefined) throw new Error('not recognised')
  return fluxTransformer(file, config, { ...OPTIONS, ...changes })
}

describe('the parts', () => {
  it('exist at every depth the model has, and at no other', () => {
    const transformer = transformerOf()
    expect(transformer.blocks).toBe(4)
    for (const depth of [0, 4])
      expect(Object.keys(transformer.parts(depth))).toEqual(['embed', 'probe', 'deep', 'reuse'])
    for (const depth of [-1, 5, 1.5, Number.NaN]) {
      expect(() => transformer.parts(depth)).toThrow(/outside 0\.\.4: this model has 4 blocks/)
    }
  })

  it('have a key for whatever changes their numbers', () => {
    const path: LoraPath = () => undefined
    const keys = [
      transformerOf().parts(1),
      transformerOf().parts(2),
      transformerOf({ fileKey: 'file 2' }).parts(1),
      transformerOf({ compute: 'float16' }).parts(1),
      transformerOf({ weights: 'streamed' }).parts(1),
      transformerOf({ lora: { key: 'a', path } }).parts(1),
      transformerOf({ lora: { key: 'b', path } }).parts(1),
    ].flatMap(({ probe, deep, reuse }) => [probe.key, deep.key, reuse.key])
    for (const signal of ['modulated', 'residual', 'none'] as const)
      keys.push(transformerOf().probe(1, signal).key, transformerOf().probe(2, signal).key)
    keys.push(transformerOf().head.key, transformerOf({ fileKey: 'file 2' }).head.key)
    expect(new Set(keys).size).toBe(keys.length)
    expect(transformerOf().probe(1, 'hidden').key).toBe(keys[0])
    expect(transformerOf().parts(1).probe.key).toBe(keys[0])
  })

  it('are built when their bytes or sizes are asked for, and once', () => {
    let built = 0
    const path: LoraPath = (_, { module }) => {
      if (module === 'img_in') built += 1
      return undefined
    }
    const { probe } = transformerOf({ lora: { key: 'a', path } }).parts(1)
    expect(built).toBe(0)
    expect(probe.weightBytes).toBeGreaterThan(0)
    probe.bytes()
    expect(built).toBe(1)
  })
})

it('binds the inputs of a run', () => {
  const conditions = {
    context: floatTensor([2, 7, 48]),
    pooled: floatTensor([2, 40]),
    guidance: 3.5,
    latentShape: [2, 16, 6, 10],
  }
  const { rope_cos, rope_sin, guidance, ...rest } = transformerOf().constants(conditions)
  expect([rope_cos?.shape, rope_sin?.shape]).toEqual([
    [7 + 3 * 5, 8],
    [7 + 3 * 5, 8],
  ])
  expect(guidance).toEqual(floatTensor([2], Float32Array.of(3.5, 3.5)))
  expect(rest).toEqual({ context: conditions.context, pooled: conditions.pooled })
  expect(transformerOf({}, false).constants(conditions)['guidance']).toBeUndefined()
})

it('samples dev with a shift and schnell without', () => {
  expect(transformerOf().sampling).toEqual({ kind: 'flux', shift: 1.15 })
  expect(transformerOf({}, false).sampling).toMatchObject({ kind: 'flow', shift: 1 })
})
