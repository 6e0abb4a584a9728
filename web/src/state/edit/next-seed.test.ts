import type { ParamManifest } from '@dicache/protocol'
import { expect, it } from 'vitest'
import { nextValue } from './next-seed.ts'

const seed: ParamManifest = { kind: 'seed', name: 'seed', default: '0' }
const few: ParamManifest = { kind: 'int', name: 'value', step: 1, min: 3, max: 5, controlAfterGenerate: true }

it('goes one up or down, 64 bits wide, and on at the other end', () => {
  expect(nextValue(seed, 7, 'increment')).toBe(8)
  expect(nextValue(seed, 18446744073709551614n, 'increment')).toBe(18446744073709551615n)
  expect(nextValue(seed, 18446744073709551615n, 'increment')).toBe(0)
  expect(nextValue(seed, 0, 'decrement')).toBe(18446744073709551615n)
  expect(nextValue(few, 5, 'increment')).toBe(3)
  expect(nextValue(few, 3, 'decrement')).toBe(5)
})

it('takes any value of the range at random, and no other', () => {
  const drawn = new Set(Array.from({ length: 200 }, () => nextValue(few, 4, 'randomize')))
  expect([...drawn].map(Number).toSorted((a, b) => a - b)).toEqual([3, 4, 5])
  expect(Number(nextValue(seed, undefined, 'randomize'))).toBeGreaterThanOrEqual(0)
})
