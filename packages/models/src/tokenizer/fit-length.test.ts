import { expect, it } from 'vitest'
import { fitRow, stackIds } from './fit-length.ts'

const row = { length: 4, endId: 1, padId: 0 }

it('fills short rows with the padding token', () => {
  expect(fitRow([7, 1], row)).toEqual([7, 1, 0, 0])
  expect(fitRow([7, 8, 9, 1], row)).toEqual([7, 8, 9, 1])
})

it('cuts long rows and keeps the end token last', () => {
  expect(fitRow([7, 8, 9, 6, 5, 1], row)).toEqual([7, 8, 9, 1])
  expect(fitRow([7, 8, 1], { ...row, length: 1 })).toEqual([1])
  expect(() => fitRow([1], { ...row, length: 0 })).toThrow(RangeError)
})

it('stacks rows of equal length', () => {
  expect(
    stackIds([
      [1, 2],
      [3, 4],
    ]),
  ).toEqual({ dtype: 'int32', shape: [2, 2], data: Int32Array.of(1, 2, 3, 4) })
  expect(() => stackIds([[1, 2], [3]])).toThrow(/row 1 has 1 tokens, the first 2/)
})
