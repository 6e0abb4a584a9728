import { expect, it } from 'vitest'
import { headerOnly, openFixture, renamed, shapesOf } from '../testing/header-only.ts'
import { describeT5, detectT5 } from './config.ts'

it('reads every size of a T5 off its shapes', async () => {
  await using file = await openFixture('t5/weights.safetensors')
  const config = detectT5(file)
  expect(config).toEqual({
    layout: 'huggingface',
    prefix: '',
    tableKey: 'shared.weight',
    vocabulary: 512,
    hidden: 64,
    heads: 4,
    headDim: 16,
    feedForward: 160,
    blocks: 3,
    buckets: 32,
    maxDistance: 128,
    sharedBias: true,
    epsilon: 1e-6,
    padId: 0,
    endId: 1,
    length: undefined,
  })
  expect(config === undefined ? '' : describeT5(config)).toBe(
    'T5 v1.1 encoder, 3 blocks of 64, 4 heads of 16, 512 pieces',
  )
})

it('finds it under a prefix, and under the other name of its token table', async () => {
  await using file = await openFixture('t5/weights.safetensors')
  const prefix = 'text_encoders.t5xxl.transformer.'
  const shapes = renamed(
    shapesOf(file),
    (name) => prefix + name.replace('shared.weight', 'encoder.embed_tokens.weight'),
  )
  expect(detectT5(headerOnly(shapes))).toMatchObject({
    prefix,
    tableKey: 'encoder.embed_tokens.weight',
    blocks: 3,
  })
})

it('believes metadata where shapes are silent, and the caller above it', () => {
  const metadata = { config: '{"length": 16, "relative_attention_max_distance": 64, "eos_token_id": 3}' }
  expect(detectT5(umt5(), { eos_token_id: 5 })).toMatchObject({ endId: 5, maxDistance: 128 })
  expect(detectT5(umt5(metadata), { eos_token_id: 5 })).toMatchObject({
    length: 16,
    maxDistance: 64,
    endId: 5,
  })
  expect(detectT5(umt5({ config: 'not JSON' }))).toMatchObject({ length: undefined, endId: 1 })
})

it("tells UMT5 by its tables in every block, in Wan's own naming", () => {
  const config = detectT5(umt5())
  expect(config).toMatchObject({
    layout: 'wan',
    sharedBias: false,
    blocks: 2,
    heads: 2,
    headDim: 8,
    hidden: 24,
  })
})

it('takes nothing else for a T5', async () => {
  for (const other of ['clip-l', 'flux-ae', 'flux-dev']) {
    await using file = await openFixture(`${other}/weights.safetensors`)
    expect([other, detectT5(file)]).toEqual([other, undefined])
  }
  await using file = await openFixture('t5/weights.safetensors')
  const ungated = renamed(shapesOf(file), (name) => name.replace('wi_0', 'wi'))
  expect(detectT5(headerOnly(ungated))).toBeUndefined()
})

function umt5(metadata: Readonly<Record<string, string>> = {}): ReturnType<typeof headerOnly> {
  const block = (n: number): Readonly<Record<string, readonly number[]>> => ({
    [`blocks.${n}.attn.q.weight`]: [16, 24],
    [`blocks.${n}.pos_embedding.embedding.weight`]: [32, 2],
    [`blocks.${n}.ffn.gate.0.weight`]: [40, 24],
  })
  return headerOnly({ 'token_embedding.weight': [100, 24], ...block(0), ...block(1) }, metadata)
}
