import { floatTensor, type FloatTensor } from '@dicache/tensor'
import { describe, expect, it } from 'vitest'
import { commonGain, comparePictures, differencePicture, sideBySide } from './compare-pictures.ts'

function picture(value: (index: number) => number, batch = 1): FloatTensor {
  return floatTensor(
    [batch, 12, 12, 3],
    Float32Array.from({ length: batch * 12 * 12 * 3 }, (_, index) => value(index)),
  )
}

describe('comparePictures', () => {
  it('finds equal pictures equal', () => {
    const a = picture((index) => (index % 7) / 7)
    const { psnr, ssim, largestDifference } = comparePictures(a, a)
    expect([psnr, largestDifference]).toEqual([Number.POSITIVE_INFINITY, 0])
    expect(ssim).toBeCloseTo(1, 12)
  })

  it('measures a constant difference as its formula says, over the batch and for each picture', () => {
    const a = picture(() => 0.5, 2)
    const b = picture((index) => (index < 12 * 12 * 3 ? 0.5 : 0.6), 2)
    const { psnr, perPicture, meanSquaredError, largestDifference } = comparePictures(a, b)
    expect(psnr).toBeCloseTo(-10 * Math.log10(0.1 ** 2 / 2), 4)
    expect(meanSquaredError).toBeCloseTo(0.005, 7)
    expect(largestDifference).toBeCloseTo(0.1, 6)
    expect(perPicture[0]?.psnr).toBe(Number.POSITIVE_INFINITY)
    expect(perPicture[1]?.psnr).toBeCloseTo(20, 4)
  })

  it('refuses pictures of different sizes', () => {
    expect(() =>
      comparePictures(
        picture(() => 0),
        picture(() => 0, 2),
      ),
    ).toThrow('make number, size and channels equal')
  })
})

describe('difference', () => {
  it('is the distance times the gain, at most 1, and leaves a fourth channel opaque', () => {
    const a = floatTensor([1, 1, 1, 4], Float32Array.of(0.5, 0.5, 0, 1))
    const b = floatTensor([1, 1, 1, 4], Float32Array.of(0.25, 0.5, 1, 1))
    expect([...differencePicture(a, b, 2).data]).toEqual([0.5, 0, 1, 1])
  })

  it('takes one gain for all: a power of two that clips next to nothing', () => {
    const near = picture(() => 0.01)
    expect(commonGain([near])).toBe(64)
    expect(commonGain([near, picture(() => 0.1)])).toBe(8)
    expect(commonGain([picture(() => 0)])).toBe(1)
    expect(commonGain([picture(() => 1e-6)])).toBe(256)
    expect(commonGain([])).toBe(1)
  })

  it('lays pictures beside each other', () => {
    const a = floatTensor([1, 2, 1, 1], Float32Array.of(1, 2))
    const b = floatTensor([1, 2, 1, 1], Float32Array.of(3, 4))
    expect(sideBySide([a, b])).toEqual(floatTensor([1, 2, 2, 1], Float32Array.of(1, 3, 2, 4)))
  })
})
