import { describe, expect, it } from 'vitest'
import { actions, callsOf, runCached, WALK } from '../testing/run-cached.ts'
import { stepCacheContract } from '../testing/step-cache-contract.ts'
import { TEACACHE_COEFFICIENTS, teacache, type TeaCachePolicy, type TeaCacheState } from './teacache.ts'

const POLICY: TeaCachePolicy = {
  kind: 'teacache',
  threshold: 1e9,
  coefficients: [1, 0],
  warmupSteps: 1,
  forceLast: false,
}
const changes = [0, 0.25, 0.25, 0.5, 0.125, Number.NaN, 0.25].map((change) => ({ change }))

stepCacheContract('TeaCache', {
  eager: POLICY,
  exact: { ...POLICY, threshold: 0 },
  strategy: teacache(POLICY),
  seen: changes,
})

describe('TeaCache', () => {
  const place = { step: 3, steps: 10, evaluation: 3, time: 3, sigma: 0.5, branch: 0, branches: 1 }
  const warm: TeaCacheState = { acc: 0.25, anchors: 1 }
  const decide = (
    policy: TeaCachePolicy,
    change: number,
    at = {},
  ): ReturnType<ReturnType<typeof teacache>['decide']> =>
    teacache(policy).decide(warm, { place: { ...place, ...at }, seen: { change } })

  it('adds the polynomial of the change, highest power first, in float64', () => {
    const squared = { ...POLICY, coefficients: [2, 3, 0.5] }
    expect(decide(squared, 0.1).scalars.indicator).toBe((2 * 0.1 + 3) * 0.1 + 0.5)
    const published = decide({ ...POLICY, coefficients: TEACACHE_COEFFICIENTS.flux }, 0.02310243993997574)
    expect(published.scalars.indicator).toBeCloseTo(0.20242884729940686, 12)
  })

  it('computes at exactly the threshold, and starts its sum again', () => {
    expect(decide({ ...POLICY, threshold: 0.5 }, 0.25)).toMatchObject({
      action: 'refreshed',
      reason: 'above-threshold',
      state: { acc: 0 },
    })
    expect(decide({ ...POLICY, threshold: 0.5 }, 0.2)).toMatchObject({
      action: 'reuse',
      state: { acc: 0.45 },
    })
    expect(decide(POLICY, Number.NaN)).toMatchObject({ action: 'refreshed', reason: 'not-a-number' })
  })

  it('forces the warm-up and the last step, with a sum of 0 after them', () => {
    expect(decide(POLICY, 0, { step: 0 })).toMatchObject({
      action: 'forced',
      reason: 'warm-up',
      state: { acc: 0 },
    })
    const last = { ...POLICY, forceLast: true }
    expect(decide(last, 0, { step: 9 })).toMatchObject({ action: 'forced', reason: 'last-step' })
    expect(decide(last, 0, { step: 8 }).action).toBe('reuse')
  })

  it('compares the modulated input with the evaluation before, reused or not', async () => {
    const run = await runCached(POLICY, WALK)
    expect(actions(run)).toEqual(['forced', 'zero-order', 'zero-order', 'zero-order', 'zero-order'])
    const modulated = WALK.map(({ x, sigma }) => Array.from(x.data, (value) => 3 * (2 * value) - sigma))
    expect(callsOf(run, 'probe').map(({ previous }) => previous && [...previous.signal.data])).toEqual([
      undefined,
      ...modulated.slice(0, -1),
    ])
  })
})
