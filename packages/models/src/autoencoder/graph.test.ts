import { floatTensor } from '@dicache/tensor'
import { expect, it } from 'vitest'
import { openFixture } from '../testing/header-only.ts'
import { detectAutoencoder } from './config.ts'
import { type AutoencoderSource, buildDecoder, buildEncoder, decoderGraph, encoderGraph } from './graph.ts'
import { fromModelLatent, toModelLatent } from './latent-scale.ts'

async function open(): Promise<AutoencoderSource & AsyncDisposable> {
  const file = await openFixture('flux-ae/weights.safetensors')
  const config = detectAutoencoder(file)
  if (config === undefined) throw new Error('not recognised')
  return { file, config, compute: 'float32', weights: 'resident', [Symbol.asyncDispose]: () => file.close() }
}

it('names its inputs and outputs, with extents that hold for every size', async () => {
  await using source = await open()
  const decoder = buildDecoder(source).summary()
  expect(decoder.inputs.map(({ name, shape }) => [name, shape])).toEqual([['latent', ['B', 16, 'H', 'W']]])
  expect(decoder.outputs.map(({ name, shape }) => [name, shape])).toEqual([['image', ['B', 3, '8·H', '8·W']]])
  const encoder = buildEncoder(source).summary()
  expect(encoder.inputs.map(({ name, shape }) => [name, shape])).toEqual([['image', ['B', 3, 'H', 'W']]])
  expect(encoder.outputs.map(({ name, shape }) => [name, shape])).toEqual([
    ['mean', ['B', 16, 'H/8', 'W/8']],
    ['logvar', ['B', 16, 'H/8', 'W/8']],
  ])
})

it('reads each of the two halves from disjoint weights, all of them', async () => {
  await using source = await open()
  const all = [...source.file.tensors.values()].reduce((sum, { byteLength }) => sum + byteLength, 0)
  expect(buildDecoder(source).summary().weightBytes + buildEncoder(source).summary().weightBytes).toBe(all)
})

it('will not encode with a file that holds only a decoder', async () => {
  await using source = await open()
  const config = { ...source.config, encoder: undefined }
  expect(() => buildEncoder({ ...source, config })).toThrow(/holds only a decoder/)
})

it('has a key for whatever changes the graph', async () => {
  await using source = await open()
  const sources: readonly AutoencoderSource[] = [
    source,
    { ...source, compute: 'float16' },
    { ...source, weights: 'streamed' },
    { ...source, config: { ...source.config, groups: 8 } },
  ]
  const keys = sources.flatMap((one) => [
    decoderGraph(one, 'a').key,
    encoderGraph(one, 'a').key,
    decoderGraph(one, 'b').key,
  ])
  expect(new Set(keys).size).toBe(keys.length)
})

it('scales latents there and back', () => {
  const scale = { scale: 0.5, shift: 0.25 }
  const z = floatTensor([1, 3], Float32Array.of(0.25, 1.25, -3.75))
  expect([...toModelLatent(scale, z).data]).toEqual([0, 0.5, -2])
  expect(fromModelLatent(scale, toModelLatent(scale, z))).toEqual(z)
})
