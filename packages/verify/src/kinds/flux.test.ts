import { createRuntime, type Runtime } from '@dicache/runtime'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Check, CheckCase } from '../check.ts'
import { openCase } from '../open-case.ts'
import { checkTrace } from './dicache-trace.ts'
import { checkForward } from './forward.ts'

const fixtures = new URL('../../../../test/golden/fixtures/', import.meta.url).pathname
let runtime: Runtime

beforeAll(async () => {
  runtime = await createRuntime({ device: 'cpu' })
})
afterAll(() => runtime.dispose())

async function run(name: string, check: CheckCase): Promise<readonly Check[]> {
  const c = await openCase(fixtures + name)
  try {
    const found = check(c, runtime)
    return Symbol.asyncIterator in found ? await Array.fromAsync(found) : await found
  } finally {
    await c.close()
  }
}

describe('a forward matches the reference in every stream, layout and dtype', () => {
  test.each([
    ['flux-dev', 9],
    ['flux-schnell', 12],
  ])('%s', async (name, tensors) => {
    const checks = await run(name, checkForward)
    expect(checks.filter(({ ok }) => !ok)).toEqual([])
    expect(checks.length).toBeGreaterThanOrEqual(tensors)
  })
})

describe('a DiCache run matches its trace', () => {
  test.each([
    'dicache-flux-delta-y',
    'dicache-flux-delta-minus',
    'dicache-flux-4-steps',
    'dicache-flux-all-reuse',
    'dicache-flux-batch-2',
    'dicache-flux-force-no-last',
    'dicache-flux-probe-2',
    'dicache-flux-probe-3',
    'dicache-flux-threshold-0',
    'dicache-identical-anchors',
    'dicache-degenerate-anchors',
  ])('%s', async (name) => {
    const checks = await run(name, checkTrace)
    expect(checks.filter(({ ok }) => !ok)).toEqual([])
    expect(checks.length).toBeGreaterThanOrEqual(11)
  })
})
