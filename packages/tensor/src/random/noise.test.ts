import { expect, test } from 'vitest'
import { batchView } from '../ops/rows.ts'
import { latentNoise, randn } from './noise.ts'
import { createTorchGenerator } from './torch-generator.ts'

test('the known vector of the header', () => {
  const { data } = randn([3], 42)
  expect(Array.from(data, (value) => value.toFixed(8))).toEqual(['0.33669037', '0.12880941', '0.23446237'])
})

test('seeds beyond 2^53 are exact as bigint, and only the low 32 bits count', () => {
  expect(randn([20], 2n ** 64n - 1n)).toEqual(randn([20], 4294967295))
  expect(randn([20], 2n ** 53n + 1n)).toEqual(randn([20], 1))
  expect(() => createTorchGenerator(1.5)).toThrow(RangeError)
})

test('a generator goes on where it was, and is its own', () => {
  const [one, other] = [createTorchGenerator(5), createTorchGenerator(5)]
  expect(one.randn([5])).not.toEqual(one.randn([5]))
  other.randn([5])
  other.randn([5])
  expect(one.rand([4])).toEqual(other.rand([4]))
})

test('rows by index: repeats are equal, and row 0 alone is the whole of a batch of one', () => {
  const rows = latentNoise([3, 2, 10], 9, [2, 0, 2])
  expect(batchView(rows, 0)).toEqual(batchView(rows, 2))
  expect(batchView(rows, 1)).toEqual(latentNoise([1, 2, 10], 9))
})

test('indices that are no rows, or not one for each, are refused', () => {
  expect(() => latentNoise([2, 16], 1, [0])).toThrow(RangeError)
  expect(() => latentNoise([2, 16], 1, [0, -1])).toThrow(RangeError)
  expect(() => latentNoise([2, 16], 1, [0, 0.5])).toThrow(RangeError)
})
