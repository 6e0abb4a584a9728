import { floatTensor } from '@dicache/tensor'
import { expect, test } from 'vitest'
import { combineGuidance, needsUncond } from './classifier-free.ts'

const cond = floatTensor([2], Float32Array.of(1, -2))
const uncond = floatTensor([2], Float32Array.of(0.5, 1))

test('guidance moves away from the negative prediction', () => {
  expect(Array.from(combineGuidance(cond, uncond, 3).data)).toEqual([2, -8])
  expect(Array.from(combineGuidance(cond, uncond, 0).data)).toEqual([0.5, 1])
})

test('at cfg 1 the negative prompt is not needed', () => {
  expect(needsUncond(1)).toBe(false)
  expect(needsUncond(1 + 1e-12)).toBe(false)
  expect(needsUncond(1.01)).toBe(true)
  expect(needsUncond(0)).toBe(true)
  expect(combineGuidance(cond, uncond, 1)).toBe(cond)
})
