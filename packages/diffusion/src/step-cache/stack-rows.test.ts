import { batchView, floatTensor } from '@dicache/tensor'
import { expect, it } from 'vitest'
import { stackRows } from './stack-rows.ts'

const whole = floatTensor([3, 2], Float32Array.of(1, 2, 3, 4, 5, 6))

it('joins neighbours of one buffer without a copy', () => {
  const joined = stackRows([batchView(whole, 0, 2), batchView(whole, 2)])
  expect(joined).toEqual(whole)
  expect(joined.data.buffer).toBe(whole.data.buffer)
  const tail = stackRows([batchView(whole, 1), batchView(whole, 2)])
  expect(tail).toEqual(floatTensor([2, 2], Float32Array.of(3, 4, 5, 6)))
})

it('copies what is not in order, not side by side, or of another buffer', () => {
  const swapped = stackRows([batchView(whole, 1), batchView(whole, 0)])
  expect([...swapped.data]).toEqual([3, 4, 1, 2])
  const apart = stackRows([batchView(whole, 0), batchView(whole, 2)])
  expect([...apart.data]).toEqual([1, 2, 5, 6])
  const other = stackRows([batchView(whole, 0), floatTensor([1, 2], Float32Array.of(8, 9))])
  expect([...other.data]).toEqual([1, 2, 8, 9])
  expect([swapped, apart, other].map(({ data }) => data.buffer === whole.data.buffer)).toEqual([
    false,
    false,
    false,
  ])
})

it('gives a single part back', () => {
  expect(stackRows([whole])).toBe(whole)
  expect(() => stackRows([])).toThrow(/nothing to stack/)
})
