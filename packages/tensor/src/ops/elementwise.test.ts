import { expect, test } from 'vitest'
import { floatTensor } from '../tensor.ts'
import {
  add,
  addInto,
  axpy,
  axpyInto,
  clamp,
  lerp,
  scale,
  scaleInto,
  subtract,
  weightedSum,
} from './elementwise.ts'

const a = floatTensor([2, 2], Float32Array.of(1, -2, 3, 0.5))
const b = floatTensor([2, 2], Float32Array.of(4, 1, -1, 0.25))

test('the operations give new tensors of the same shape', () => {
  expect(Array.from(add(a, b).data)).toEqual([5, -1, 2, 0.75])
  expect(Array.from(subtract(a, b).data)).toEqual([-3, -3, 4, 0.25])
  expect(Array.from(scale(a, -2).data)).toEqual([-2, 4, -6, -1])
  expect(Array.from(axpy(2, a, b).data)).toEqual([6, -3, 5, 1.25])
  expect(Array.from(lerp(a, b, 0.25).data)).toEqual([1.75, -1.25, 2, 0.4375])
  expect(Array.from(clamp(a, -1, 2).data)).toEqual([1, -1, 2, 0.5])
  expect(add(a, b).shape).toEqual([2, 2])
  expect(Array.from(a.data)).toEqual([1, -2, 3, 0.5])
})

test('a sum is rounded once, however many terms it has', () => {
  const one = floatTensor([1], Float32Array.of(1))
  const tiny = floatTensor([1], Float32Array.of(2 ** -25))
  // Rounded after every addition, each 2^-25 would be lost against 1.
  expect(weightedSum([1, one], [1, tiny], [1, tiny], [1, tiny], [1, tiny]).data[0]).toBe(1 + 2 ** -23)
})

test('NaN and infinities go through', () => {
  const odd = floatTensor([3], Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, 1))
  expect(Array.from(clamp(odd, 0, 2).data)).toEqual([Number.NaN, 2, 1])
  expect(Array.from(scale(odd, 2).data)).toEqual([Number.NaN, Number.POSITIVE_INFINITY, 2])
})

test('the operations named “into” change their target only', () => {
  const target = floatTensor([2, 2], Float32Array.from(a.data))
  addInto(target, b)
  axpyInto(target, 2, b)
  scaleInto(target, 0.5)
  expect(Array.from(target.data)).toEqual([6.5, 0.5, 0, 0.625])
  expect(Array.from(b.data)).toEqual([4, 1, -1, 0.25])
})

test('shapes that differ are refused', () => {
  const flat = floatTensor([4])
  expect(() => add(a, flat)).toThrow('[2, 2] and [4] differ')
  expect(() => axpyInto(a, 1, floatTensor([2, 3]))).toThrow(RangeError)
})
