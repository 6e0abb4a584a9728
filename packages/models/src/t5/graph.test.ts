import { expect, it } from 'vitest'
import { headerOnly, openFixture, renamed, shapesOf } from '../testing/header-only.ts'
import { detectT5, type T5Config } from './config.ts'
import { buildT5, t5Graph, type T5Source } from './graph.ts'

async function sourceOf(changes: Partial<T5Source> = {}): Promise<T5Source> {
  await using fixture = await openFixture('t5/weights.safetensors')
  const file = headerOnly(shapesOf(fixture))
  return {
    file,
    config: sizes(file),
    mask: false,
    outputs: ['last'],
    compute: 'float32',
    weights: 'resident',
    ...changes,
  }
}

function sizes(file: T5Source['file']): T5Config {
  const config = detectT5(file)
  if (config === undefined) throw new Error('not recognised')
  return config
}

it('runs only the blocks that its outputs need', async () => {
  const attentions = (source: T5Source): number =>
    buildT5(source)
      .summary()
      .nodes.filter(({ op }) => op === 'MultiHeadAttention').length
  expect(attentions(await sourceOf())).toBe(3)
  expect(attentions(await sourceOf({ outputs: ['block0'] }))).toBe(1)
  expect(
    buildT5(await sourceOf({ outputs: ['block1', 'last'] }))
      .summary()
      .outputs.map(({ name }) => name),
  ).toEqual(['block1', 'last'])
})

it('picks token rows as they are stored, and casts them afterwards', async () => {
  const [gather] = buildT5(await sourceOf())
    .summary()
    .nodes.filter(({ op }) => op === 'Gather')
  expect(gather).toMatchObject({ inputs: ['float16', 'int32'], outputs: ['float16'] })
})

it('names every missing tensor at once', async () => {
  const whole = await sourceOf()
  const file = headerOnly(
    renamed(shapesOf(whole.file), (name) => name.replace('layer.1.DenseReluDense.wo', 'lost')),
  )
  expect(() => buildT5({ ...whole, file })).toThrow(/3 tensors are missing: .*block\.0.*block\.1.*block\.2/)
})

it('has a key for whatever changes the graph', async () => {
  const one = await sourceOf()
  const others: readonly T5Source[] = [
    { ...one, mask: true },
    { ...one, outputs: ['block0'] },
    { ...one, compute: 'float16' },
    { ...one, weights: 'streamed' },
    { ...one, config: { ...one.config, maxDistance: 64 } },
  ]
  const keys = [...[one, ...others].map((source) => t5Graph(source, 'a').key), t5Graph(one, 'b').key]
  expect(new Set(keys).size).toBe(keys.length)
})
