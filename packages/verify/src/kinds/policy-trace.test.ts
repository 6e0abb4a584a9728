import { createRuntime, type Runtime } from '@dicache/runtime'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verifyCase } from '../verify-folder.ts'

const fixtures = new URL('../../../../test/golden/fixtures/', import.meta.url).pathname
let runtime: Runtime

beforeAll(async () => {
  runtime = await createRuntime({ device: 'cpu' })
})
afterAll(() => runtime.dispose())

describe('a run with another step cache matches its trace', () => {
  test.each([
    ['policy-fixed-interval', 6],
    ['policy-teacache', 9],
    ['policy-fbcache', 7],
    ['policy-easycache', 10],
    ['policy-magcache', 8],
    ['policy-taylorseer-output', 8],
    ['policy-taylorseer-order2', 8],
    ['policy-taylorseer-hidden', 8],
  ])('%s', async (name, checks) => {
    const result = await verifyCase(fixtures + name, runtime)
    expect(result.checks.filter(({ ok }) => !ok)).toEqual([])
    expect(result.checks.map((check) => check.name)).toEqual(
      expect.arrayContaining(['final.uncached', 'final.cached', 'decisions', 'out_norm']),
    )
    expect([result.status, result.checks.length]).toEqual(['passed', checks])
  })
})

describe('a trace of a family without a transformer is replayed from its indicators', () => {
  test.each([
    ['dicache-hunyuan', 2],
    ['dicache-hunyuan-force-last', 1],
    ['dicache-hunyuan-warmup-0', 1],
    ['dicache-wan', 2],
    ['dicache-wan-odd-warmup', 2],
    ['dicache-wan-warmup-1', 2],
  ])('%s', async (name, runs) => {
    const result = await verifyCase(fixtures + name, runtime)
    expect(result.checks.filter(({ ok }) => !ok)).toEqual([])
    expect(result.checks).toHaveLength(6 * runs)
    expect(result.checks.every(({ tolerance }) => tolerance === 0)).toBe(true)
    expect(result.status).toBe('partly-covered')
    expect(result.unchecked).toEqual(expect.arrayContaining(['final.uncached', 'final.reference', 'delta_y']))
  })
})
