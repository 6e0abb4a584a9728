import { describe, expect, it } from 'vitest'
import { closedForm } from '../testing/closed-form-split.ts'
import { actions, callsOf, type Evaluation, rows, runCached, WALK } from '../testing/run-cached.ts'
import { stepCacheContract } from '../testing/step-cache-contract.ts'
import { fbcache, type FbCachePolicy } from './fbcache.ts'

const POLICY: FbCachePolicy = {
  kind: 'fbcache',
  threshold: 1e9,
  warmupSteps: 0,
  forceLast: false,
  maxConsecutive: 3,
}

stepCacheContract('first-block cache', {
  eager: POLICY,
  exact: { ...POLICY, threshold: 0 },
  strategy: fbcache(POLICY),
  seen: [0, 0.1, 0.1, 0.1, 0.1, 5, Number.NaN].map((change) => ({ change })),
})

describe('first-block cache', () => {
  it('compares the probe’s residual with the last computed one’s, and sums nothing up', async () => {
    // P = h0/2 + σ = x + σ at σ = 0: 8, then 9, 10, 11 against 8.
    const values = [8, 9, 10, 11, 12]
    const evaluations: readonly Evaluation[] = values.map((x) => ({ x: rows([x, x]), sigma: 0 }))
    const run = await runCached({ ...POLICY, threshold: 0.25 }, evaluations)
    expect(run.steps.map(({ accCompared }) => accCompared)).toEqual([
      undefined,
      1 / 8,
      2 / 8,
      3 / 8,
      Math.fround(1 / 11),
    ])
    expect(actions(run)).toEqual(['forced', 'zero-order', 'zero-order', 'refreshed', 'zero-order'])
    const signals = callsOf(run, 'probe').map(({ previous }) => previous?.signal.data[0])
    expect(signals).toEqual([undefined, 8, 8, 8, 11])
  })

  it('reuses at exactly the threshold', () => {
    const place = { step: 1, steps: 4, evaluation: 1, time: 1, sigma: 0.5, branch: 0, branches: 1 }
    const at = (change: number): string =>
      fbcache({ ...POLICY, threshold: 0.25 }).decide(
        { anchors: 1, consecutive: 0 },
        { place, seen: { change } },
      ).action
    expect([at(0.25), at(0.2500001), at(Number.NaN)]).toEqual(['reuse', 'refreshed', 'refreshed'])
  })

  it('adds the residual of the blocks behind the probe to the probe’s own tokens', async () => {
    const run = await runCached(POLICY, WALK)
    const { h0, hm, last, head } = closedForm
    const tail = last(h0(1), 1) - hm(h0(1), 1)
    expect(run.outs[1]?.[0]).toBe(head(hm(h0(1.25), 0.75) + tail, 0.75))
  })

  it('can be limited as DiCache can', async () => {
    expect(actions(await runCached({ ...POLICY, maxConsecutive: 1 }, WALK))).toEqual([
      'forced',
      'zero-order',
      'refreshed',
      'zero-order',
      'refreshed',
    ])
    const forced = { ...POLICY, warmupSteps: 2, forceLast: true }
    expect((await runCached(forced, WALK)).steps.map(({ reason }) => reason)).toEqual([
      'no-anchor',
      'warm-up',
      'below-threshold',
      'below-threshold',
      'last-step',
    ])
  })
})
