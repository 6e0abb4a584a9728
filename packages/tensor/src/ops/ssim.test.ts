import { expect, test } from 'vitest'
import { createTorchGenerator } from '../random/torch-generator.ts'
import { floatTensor } from '../tensor.ts'
import { psnr } from './psnr.ts'
import { concat } from './rows.ts'
import { ssim } from './ssim.ts'

const { rand } = createTorchGenerator(3)
const a = rand([1, 12, 14, 3])
const b = rand([1, 12, 14, 3])

test('equal images are at 1 and infinitely many dB', () => {
  expect(ssim(a, a)).toBe(1)
  expect(psnr(a, a)).toBe(Number.POSITIVE_INFINITY)
})

test('a constant difference has a known value', () => {
  const [black, gray] = [0.25, 0.75].map((level) =>
    floatTensor([11, 11, 1], new Float32Array(121).fill(level)),
  )
  if (black === undefined || gray === undefined) throw new Error('unreachable')
  expect(psnr(black, gray)).toBeCloseTo(-10 * Math.log10(0.25), 12)
  const c1 = 0.01 ** 2
  expect(ssim(black, gray)).toBeCloseTo((2 * 0.25 * 0.75 + c1) / (0.25 ** 2 + 0.75 ** 2 + c1), 12)
})

test('is symmetric, and a batch has the mean of its images', () => {
  expect(ssim(a, b)).toBeCloseTo(ssim(b, a), 14)
  expect(ssim(concat([a, b]), concat([b, b]))).toBeCloseTo((ssim(a, b) + 1) / 2, 14)
})

test('refuses images that are smaller than its window', () => {
  const small = floatTensor([10, 40, 3])
  expect(() => ssim(small, small)).toThrow('at least 11 × 11')
  expect(() => ssim(floatTensor([121]), floatTensor([121]))).toThrow(RangeError)
  expect(() => ssim(a, small)).toThrow('differ')
})
