import { nodeContract, runNode } from '@dicache/sdk/testing'
import type { NodeDefinition } from '@dicache/sdk'
import { type FloatTensor, floatTensor } from '@dicache/tensor'
import { describe, expect, it } from 'vitest'
import { emptyImage } from './empty-image.ts'
import { getImageSize } from './get-image-size.ts'
import { imageBatch } from './image-batch.ts'
import { imageInvert } from './image-invert.ts'
import { imageScale } from './image-scale.ts'

const rgb = floatTensor([1, 1, 2, 3], Float32Array.of(0, 0.25, 1, 1, 0.5, 0.75))
const image = (shape: readonly number[], ...values: readonly number[]): FloatTensor =>
  floatTensor(shape, Float32Array.from(values))

async function run(
  node: NodeDefinition,
  inputs: Readonly<Record<string, unknown>>,
  params: Readonly<Record<string, unknown>> = {},
): Promise<FloatTensor> {
  const { outputs } = await runNode(node, { inputs, params })
  return (outputs as { readonly image: FloatTensor }).image
}

const size = { width: 4, height: 4 }
it.each<[string, NodeDefinition, NonNullable<Parameters<typeof nodeContract>[1]>]>([
  ['EmptyImage', emptyImage, { params: size }],
  ['GetImageSize', getImageSize, { inputs: { image: rgb } }],
  ['ImageBatch', imageBatch, { inputs: { image1: rgb, image2: rgb } }],
  ['ImageInvert', imageInvert, { inputs: { image: rgb } }],
  ['ImageScale', imageScale, { inputs: { image: rgb }, params: size }],
])('%s keeps the contract', (_, node, sample) => nodeContract(node, sample))

describe('EmptyImage', () => {
  it('is of one colour, each channel k / 255', async () => {
    const params = { width: 3, height: 2, batch_size: 2, color: 0xff8001 }
    const { shape, data } = await run(emptyImage, {}, params)
    expect(shape).toEqual([2, 2, 3, 3])
    const pixel = [1, Math.fround(128 / 255), Math.fround(1 / 255)]
    expect([...data]).toEqual(Array.from({ length: 12 }, () => pixel).flat())
  })
})

describe('ImageInvert', () => {
  it('inverts every channel, alpha too', async () => {
    expect(await run(imageInvert, { image: image([1, 1, 1, 4], 0, 0.25, 1, 0.75) })).toEqual(
      image([1, 1, 1, 4], 1, 0.75, 0, 0.25),
    )
  })
})

describe('GetImageSize', () => {
  it('gives width, height and how many', async () => {
    const { outputs } = await runNode(getImageSize, { inputs: { image: floatTensor([4, 2, 3, 3]) } })
    expect(outputs).toEqual({ width: 3, height: 2, batch_size: 4 })
  })
})

describe('ImageBatch', () => {
  it('joins pictures of one size as they are', async () => {
    const joined = await run(imageBatch, { image1: rgb, image2: floatTensor([2, 1, 2, 3]) })
    expect(joined.shape).toEqual([3, 1, 2, 3])
    expect([...joined.data]).toEqual([...rgb.data, ...Array.from({ length: 12 }, () => 0)])
  })

  it('scales the second one to the first, cut in the middle', async () => {
    // 1 × 4 to the aspect of 1 × 2: the middle two pixels.
    const wide = image([1, 1, 4, 3], 9, 9, 9, 1, 2, 3, 4, 5, 6, 9, 9, 9)
    const joined = await run(imageBatch, { image1: rgb, image2: wide })
    expect([...joined.data]).toEqual([...rgb.data, 1, 2, 3, 4, 5, 6])
    const large = await run(imageBatch, {
      image1: rgb,
      image2: image([1, 2, 4, 3], ...Array.from({ length: 24 }, (_, n) => Math.floor(n / 3))),
    })
    // bilinear without antialiasing: each output is the mean of the four pixels around it.
    expect([...large.data.subarray(6)]).toEqual([2.5, 2.5, 2.5, 4.5, 4.5, 4.5])
  })

  it('gives RGB an opaque alpha beside RGBA', async () => {
    const rgba = image([1, 1, 2, 4], 0, 0, 0, 0.5, 0, 0, 0, 0)
    const opaque = [0, 0.25, 1, 1, 1, 0.5, 0.75, 1]
    expect([...(await run(imageBatch, { image1: rgb, image2: rgba })).data]).toEqual([
      ...opaque,
      ...rgba.data,
    ])
    expect([...(await run(imageBatch, { image1: rgba, image2: rgb })).data]).toEqual([
      ...rgba.data,
      ...opaque,
    ])
  })
})

describe('ImageScale', () => {
  const scaled = async (width: number, height: number): Promise<readonly number[]> =>
    (await run(imageScale, { image: floatTensor([1, 30, 20, 3]) }, { width, height })).shape

  it.each([
    [10, 5, [1, 5, 10, 3]],
    [10, 0, [1, 15, 10, 3]],
    [0, 5, [1, 5, 3, 3]], // 3.33
    [15, 0, [1, 22, 15, 3]], // 22.5: halves go to even
    [0, 1, [1, 1, 1, 3]],
    [0, 0, [1, 30, 20, 3]],
  ])('makes 20 × 30 with %i × %i', async (width, height, shape) => {
    expect(await scaled(width, height)).toEqual(shape)
  })

  it('passes method and crop on', async () => {
    const row = image([1, 1, 4, 1], 0, 1, 2, 3)
    const params = { upscale_method: 'area', width: 1, height: 1 }
    expect([...(await run(imageScale, { image: row }, { ...params, crop: 'disabled' })).data]).toEqual([1.5])
    const two = { ...params, width: 2, crop: 'center' }
    expect([...(await run(imageScale, { image: row }, two)).data]).toEqual([1, 2])
  })
})
