import { expect, test } from 'vitest'
import { readFixture } from '../testing/read-fixture.ts'
import { checkNoise } from './noise.ts'

test('every tensor of the noise case is as torch draws it', async () => {
  const c = await readFixture('noise')
  const checks = await Array.fromAsync(checkNoise(c))
  expect(checks.filter((check) => !check.ok)).toEqual([])
  const inputs = 1
  expect(checks).toHaveLength(c.tensorNames.length - inputs)
})
