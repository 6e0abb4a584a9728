import { expect, it } from 'vitest'
import { openFixture } from '../testing/header-only.ts'
import { type ClipConfig, detectClip } from './config.ts'
import { buildClip, clipGraph, clipInputs, type ClipOutput, type ClipSource } from './graph.ts'

async function open(): Promise<ClipSource & AsyncDisposable> {
  const file = await openFixture('clip-l/weights.safetensors')
  const config = detectClip(file, { num_attention_heads: 4 })
  if (config === undefined) throw new Error('not recognised')
  return {
    file,
    config,
    outputs: ['last'],
    compute: 'float32',
    weights: 'resident',
    [Symbol.asyncDispose]: () => file.close(),
  }
}

it('runs only the layers that its outputs need', async () => {
  await using source = await open()
  const layers = (outputs: readonly ClipOutput[]): number =>
    buildClip({ ...source, outputs })
      .summary()
      .nodes.filter(({ op }) => op === 'MultiHeadAttention').length
  expect(layers(['pooled'])).toBe(3)
  expect(layers(['penultimate_normed'])).toBe(2)
  expect(layers(['hidden1'])).toBe(1)
})

it('asks for the end positions only where something is picked at them', async () => {
  await using source = await open()
  const inputs = (outputs: readonly ClipOutput[]): readonly string[] =>
    buildClip({ ...source, outputs })
      .summary()
      .inputs.map(({ name }) => name)
  expect(inputs(['last'])).toEqual(['ids'])
  expect(inputs(['projected'])).toEqual(['ids', 'end_index'])
})

it('says which tensor a projection needs when the file has none', async () => {
  await using source = await open()
  const config: ClipConfig = { ...source.config, projectionKey: undefined }
  const file = {
    ...source.file,
    tensors: new Map([...source.file.tensors].filter(([name]) => name !== 'text_projection.weight')),
  }
  expect(() => buildClip({ ...source, file, config, outputs: ['projected'] })).toThrow(
    /missing: text_projection\.weight/,
  )
})

it('finds the first end token of each row', async () => {
  await using source = await open()
  const ids = {
    dtype: 'int32',
    shape: [2, 4],
    data: Int32Array.of(510, 511, 7, 511, 510, 5, 6, 511),
  } as const
  expect(clipInputs(source.config, ids)['end_index']?.data).toEqual(BigInt64Array.of(1n, 3n))
})

it('refuses rows without an end token and rows that are too long', async () => {
  await using source = await open()
  const row = (length: number): Parameters<typeof clipInputs>[1] => ({
    dtype: 'int32',
    shape: [1, length],
    data: new Int32Array(length),
  })
  expect(() => clipInputs(source.config, row(3))).toThrow(/row 0 has no end token \(511\)/)
  expect(() => clipInputs(source.config, row(78))).toThrow(/78 tokens; the encoder has 77 positions/)
})

it('has a key for whatever changes the graph', async () => {
  await using source = await open()
  const others: readonly ClipSource[] = [
    { ...source, outputs: ['pooled'] },
    { ...source, compute: 'float16' },
    { ...source, weights: 'streamed' },
    { ...source, config: { ...source.config, heads: 2 } },
    { ...source, config: { ...source.config, activation: 'gelu' } },
  ]
  const keys = [...[source, ...others].map((one) => clipGraph(one, 'a').key), clipGraph(source, 'b').key]
  expect(new Set(keys).size).toBe(keys.length)
})
