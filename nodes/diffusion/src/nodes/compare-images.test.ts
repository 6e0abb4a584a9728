import { nodeContract, runNode } from '@dicache/sdk/testing'
import { floatTensor } from '@dicache/tensor'
import { describe, expect, it } from 'vitest'
import { compareImages } from './compare-images.ts'

const size = 16 * 16 * 3
const reference = floatTensor([1, 16, 16, 3], new Float32Array(size).fill(0.5))
const image = floatTensor([1, 16, 16, 3], new Float32Array(size).fill(0.6))

describe('CompareImages', () => {
  it('keeps the contract', () => nodeContract(compareImages, { inputs: { reference, image } }))

  it('gives PSNR and SSIM, and reference, image and difference beside each other', async () => {
    const { outputs } = await runNode(compareImages, { inputs: { reference, image } })
    expect(outputs).toMatchObject({
      psnr: expect.closeTo(20, 4),
      image: { shape: [1, 16, 48, 3] },
      report: { version: 1, kind: 'image-comparison', perPicture: [{ psnr: expect.closeTo(20, 4) }] },
    })
  })

  it('shows the difference alone, brightened', async () => {
    const params = { view: 'difference', gain: 4 }
    const { outputs } = await runNode(compareImages, { inputs: { reference, image }, params })
    expect(outputs).toMatchObject({ image: { shape: [1, 16, 16, 3] } })
    const data = 'image' in outputs ? (outputs['image'] as typeof image).data : new Float32Array()
    expect(data.every((value) => Math.abs(value - 0.4) < 1e-6)).toBe(true)
  })

  it('writes an infinite PSNR into the report as a word, which JSON can hold', async () => {
    const { outputs } = await runNode(compareImages, { inputs: { reference, image: reference } })
    expect(outputs).toMatchObject({
      psnr: Number.POSITIVE_INFINITY,
      ssim: expect.closeTo(1, 12),
      report: { psnr: 'Infinity', largestDifference: 0 },
    })
  })
})
