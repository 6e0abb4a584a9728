import { expect, test } from 'vitest'
import { readFixture } from '../testing/read-fixture.ts'
import { checkSchedule } from './schedule.ts'

test('every sigma list and every list of timesteps is the reference’s', async () => {
  const c = await readFixture('schedules')
  const checks = await Array.fromAsync(checkSchedule(c))
  expect(checks.filter((check) => !check.ok)).toEqual([])
  expect(checks).toHaveLength(c.tensorNames.length)
})

test('lists that are not known fail', async () => {
  const c = await readFixture('schedules')
  const names = ['comfyui/flux/turbo/n4', 'comfyui/sdxl/simple/n4', 'lumina/shift3/n4/sigmas']
  const known = await c.tensor('static/shift3/n4')
  const checks = await Array.fromAsync(
    checkSchedule({ ...c, tensorNames: names, tensor: () => Promise.resolve(known) }),
  )
  expect(checks.map((check) => check.ok)).toEqual([false, false, false])
})
