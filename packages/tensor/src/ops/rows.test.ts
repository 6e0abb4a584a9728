import { expect, test } from 'vitest'
import { floatTensor } from '../tensor.ts'
import { batchView, concat } from './rows.ts'

function counting(shape: readonly number[], start = 0): ReturnType<typeof floatTensor> {
  const tensor = floatTensor(shape)
  tensor.data.forEach((_, i) => {
    tensor.data[i] = start + i
  })
  return tensor
}

test('a view shares memory with the whole', () => {
  const whole = counting([3, 2, 2])
  const view = batchView(whole, 1, 3)
  expect(view.shape).toEqual([2, 2, 2])
  expect(Array.from(view.data)).toEqual([4, 5, 6, 7, 8, 9, 10, 11])
  whole.data[4] = 99
  expect(view.data[0]).toBe(99)
  expect(batchView(whole, 2).shape).toEqual([1, 2, 2])
})

test.each([
  [-1, 1],
  [1, 1],
  [2, 4],
  [3, 4],
])('%i…%i is no range of three', (start, end) => {
  expect(() => batchView(counting([3, 2]), start, end)).toThrow(RangeError)
})

test('joins along the first, a middle and the last axis', () => {
  const a = counting([2, 1, 2])
  const b = counting([2, 2, 2], 10)
  expect(concat([a, a]).shape).toEqual([4, 1, 2])
  const middle = concat([a, b], 1)
  expect(middle.shape).toEqual([2, 3, 2])
  expect(Array.from(middle.data)).toEqual([0, 1, 10, 11, 12, 13, 2, 3, 14, 15, 16, 17])
  const last = concat([a, counting([2, 1, 1], 50)], -1)
  expect(Array.from(last.data)).toEqual([0, 1, 50, 2, 3, 51])
})

test('joining what does not fit is refused', () => {
  expect(() => concat([])).toThrow('no tensor')
  expect(() => concat([counting([2, 2]), counting([3, 2])], 1)).toThrow('do not join')
  expect(() => concat([counting([2, 2]), counting([2])])).toThrow('do not join')
  expect(() => concat([counting([2])], 1)).toThrow('no axis 1')
})
