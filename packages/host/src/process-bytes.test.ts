import { expect, it } from 'vitest'
import { createMemoryGauge } from './process-bytes.ts'

it('asks the system again only when its answer is old', () => {
  let atMs = 0
  const gauge = createMemoryGauge(() => atMs)
  const first = gauge()
  expect(first).toBeGreaterThan(10 * 2 ** 20)
  const ballast = Buffer.alloc(64 * 2 ** 20, 1)
  expect(gauge()).toBe(first)
  atMs = 10
  expect(gauge()).toBeGreaterThan(first + 32 * 2 ** 20)
  expect(ballast.length).toBeGreaterThan(0)
})
