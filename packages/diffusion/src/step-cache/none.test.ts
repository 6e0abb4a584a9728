import { expect, it } from 'vitest'
import { actions, callsOf, runCached, WALK } from '../testing/run-cached.ts'
import { NO_CACHE, none } from './none.ts'

it('computes everything, keeps nothing, and says why', async () => {
  const run = await runCached(NO_CACHE, WALK)
  expect(actions(run)).toEqual(WALK.map(() => 'forced'))
  expect(run.steps.map(({ reason }) => reason)).toEqual(WALK.map(() => 'no-cache'))
  expect(callsOf(run, 'deep')).toHaveLength(WALK.length)
  expect(run.heldBytes).toBe(0)
  expect(none().keeps).toEqual({ kind: 'nothing' })
})
