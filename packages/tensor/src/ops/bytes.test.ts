import { expect, test } from 'vitest'
import { floatTensor } from '../tensor.ts'
import { fromBytes, toBytes } from './bytes.ts'

test('truncating and rounding differ, and both clip', () => {
  const image = floatTensor([1, 5], Float32Array.of(-0.5, 0.5, 0.999, 2, Number.NaN))
  expect(toBytes(image).shape).toEqual([1, 5])
  expect(Array.from(toBytes(image).data)).toEqual([0, 127, 254, 255, 0])
  expect(Array.from(toBytes(image, 'round').data)).toEqual([0, 128, 255, 255, 0])
})

test('every byte survives the way there and back', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)
  const image = fromBytes({ dtype: 'uint8', shape: [256], data: bytes })
  expect(toBytes(image).data).toEqual(bytes)
  expect(toBytes(image, 'round').data).toEqual(bytes)
})
