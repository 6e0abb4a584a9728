import { expect, test } from 'vitest'
import { float16ToFloat32, float32ToFloat16 } from './float16.ts'

const everyHalf = Uint16Array.from({ length: 65536 }, (_, bits) => bits)

/** The value of a half by its definition (IEEE 754, section 3.4). */
function valueOf(bits: number): number {
  const sign = bits >= 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const mantissa = bits & 1023
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return exponent === 0 ? sign * mantissa * 2 ** -24 : sign * (1024 + mantissa) * 2 ** (exponent - 25)
}

test('every half has the value of its definition', () => {
  const values = float16ToFloat32(everyHalf)
  expect(everyHalf.every((bits) => Object.is(values[bits], valueOf(bits)))).toBe(true)
})

test('every half that is a number survives the way there and back', () => {
  const back = float32ToFloat16(float16ToFloat32(everyHalf))
  const numbers = everyHalf.filter((bits) => !Number.isNaN(valueOf(bits)))
  expect(numbers.every((bits) => back[bits] === bits)).toBe(true)
})

test('between two halves the nearer one is taken, half-way the even one', () => {
  const positive = everyHalf.filter((bits) => bits < 0x7bff)
  const wrong = positive.filter((bits) => {
    const middle = (valueOf(bits) + valueOf(bits + 1)) / 2
    const step = (valueOf(bits + 1) - valueOf(bits)) / 8
    const even = bits % 2 === 0 ? bits : bits + 1
    const got = float32ToFloat16(Float32Array.of(middle - step, middle, middle + step, -middle))
    const wanted = [bits, even, bits + 1, even | 0x8000]
    return got.some((half, i) => half !== wanted[i])
  })
  expect(positive).toHaveLength(0x7bff)
  expect(Array.from(wrong)).toEqual([])
})

test('too large becomes infinite, too small zero, NaN stays NaN', () => {
  const got = float32ToFloat16(Float32Array.of(65519, 65520, -1e30, 2 ** -25, 2 ** -24, -1e-30, Number.NaN))
  expect(Array.from(got)).toEqual([0x7bff, 0x7c00, 0xfc00, 0, 1, 0x8000, 0x7e00])
})

test('reads a part of a larger buffer', () => {
  expect(Array.from(float32ToFloat16(Float32Array.of(9, 1, 2).subarray(1)))).toEqual([0x3c00, 0x4000])
})
