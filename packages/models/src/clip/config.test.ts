import { expect, it } from 'vitest'
import { headerOnly, openFixture, renamed, shapesOf } from '../testing/header-only.ts'
import { describeClip, detectClip } from './config.ts'

it('reads every size of a CLIP text encoder off its shapes, and its heads from the caller', async () => {
  await using file = await openFixture('clip-l/weights.safetensors')
  const config = detectClip(file, { num_attention_heads: 4 })
  expect(config).toEqual({
    prefix: 'text_model.',
    projectionKey: 'text_projection.weight',
    vocabulary: 512,
    hidden: 64,
    heads: 4,
    feedForward: 256,
    layers: 3,
    positions: 77,
    activation: 'quick_gelu',
    epsilon: 1e-5,
    startId: 510,
    endId: 511,
    padId: 511,
  })
  const words = 'CLIP text encoder, 3 layers of 64, 4 heads, 512 pieces, 77 positions, quick_gelu'
  expect(config === undefined ? '' : describeClip(config)).toBe(words)
})

it('finds it under a prefix, without its own, and without a projection', async () => {
  await using file = await openFixture('clip-l/weights.safetensors')
  const shapes = shapesOf(file)
  const inside = renamed(shapes, (name) => `text_encoders.clip_l.transformer.${name}`)
  expect(detectClip(headerOnly(inside))).toMatchObject({
    prefix: 'text_encoders.clip_l.transformer.text_model.',
    projectionKey: 'text_encoders.clip_l.transformer.text_projection.weight',
  })
  const bare = renamed(shapes, (name) => name.replace('text_model.', '').replace('text_projection', 'other'))
  expect(detectClip(headerOnly(bare))).toMatchObject({ prefix: '', projectionKey: undefined, layers: 3 })
})

it('knows the published sizes where nothing is declared', () => {
  expect(detectClip(published(768, 49_408))).toMatchObject({
    heads: 12,
    activation: 'quick_gelu',
    startId: 49_406,
    endId: 49_407,
    padId: 49_407,
  })
  expect(detectClip(published(1280, 49_408))).toMatchObject({ heads: 20, activation: 'gelu', padId: 0 })
  const metadata = { config: '{"eos_token_id": 2, "hidden_act": "gelu"}' }
  expect(detectClip(published(768, 49_408, metadata))).toMatchObject({ activation: 'gelu', endId: 49_407 })
  expect(detectClip(published(128, 1236, { config: '{"eos_token_id": 1}' }))).toMatchObject({
    heads: 2,
    endId: 1,
    padId: 1,
  })
})

it('takes nothing else for a CLIP text encoder', async () => {
  for (const other of ['t5', 'flux-ae', 'flux-dev']) {
    await using file = await openFixture(`${other}/weights.safetensors`)
    expect([other, detectClip(file)]).toEqual([other, undefined])
  }
  const siglip = { ...shapesOf(published(768, 32_000)), 'text_model.head.weight': [768, 768] }
  expect(detectClip(headerOnly(siglip))).toBeUndefined()
})

function published(
  hidden: number,
  vocabulary: number,
  metadata: Readonly<Record<string, string>> = {},
): ReturnType<typeof headerOnly> {
  const shapes = {
    'text_model.embeddings.token_embedding.weight': [vocabulary, hidden],
    'text_model.embeddings.position_embedding.weight': [77, hidden],
    'text_model.encoder.layers.0.self_attn.q_proj.weight': [hidden, hidden],
    'text_model.encoder.layers.0.mlp.fc1.weight': [4 * hidden, hidden],
  }
  return headerOnly(shapes, metadata)
}
