import { expect, test } from 'vitest'
import { floatTensor } from '../tensor.ts'
import { meanAbs, meanAbsDifference } from './mean-abs.ts'

const a = floatTensor([4], Float32Array.of(1, -2, 3, 0))
const b = floatTensor([4], Float32Array.of(1, 2, 1, -1))

test('means of absolute values and of absolute differences', () => {
  expect(meanAbs(a)).toBe(1.5)
  expect(meanAbsDifference(a, b)).toBe(1.75)
  expect(() => meanAbsDifference(a, floatTensor([3]))).toThrow(RangeError)
})

test('the sum does not stop growing where float32 would', () => {
  const many = floatTensor([2 ** 21], new Float32Array(2 ** 21).fill(16.1))
  expect(meanAbs(many)).toBeCloseTo(Math.fround(16.1), 9)
})

test('NaN is not hidden', () => {
  expect(meanAbs(floatTensor([2], Float32Array.of(Number.NaN, 1)))).toBeNaN()
})
