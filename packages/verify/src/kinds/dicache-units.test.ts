import { createRuntime, type Runtime } from '@dicache/runtime'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fixtureFolder, runCheck } from '../testing/run-check.ts'
import { checkUnits } from './dicache-units.ts'

let runtime: Runtime

beforeAll(async () => {
  runtime = await createRuntime({ device: 'cpu' })
})
afterAll(() => runtime.dispose())

test('every formula', async () => {
  const checks = await runCheck(fixtureFolder('dicache-units'), checkUnits, runtime.openGraph)
  console.log(checks)
  expect(checks.filter(({ ok }) => !ok)).toEqual([])
})
