import { describe, expect, it } from 'vitest'
import { actions, callsOf, type Evaluation, rows, runCached } from '../testing/run-cached.ts'
import { stepCacheContract } from '../testing/step-cache-contract.ts'
import { easycache, type EasyCachePolicy } from './easycache.ts'

const POLICY: EasyCachePolicy = { kind: 'easycache', threshold: 1e9, startSigma: 1, endSigma: 0 }

stepCacheContract('EasyCache', {
  eager: POLICY,
  exact: { ...POLICY, threshold: 0 },
  strategy: easycache(POLICY),
  seen: [undefined, 0.1, 0.1, 0.2, Number.NaN].map((change) => ({ change })),
})

/** x falls by a half a step; σ in sixteenths. */
const evaluations: readonly Evaluation[] = Array.from({ length: 8 }, (_, n) => ({
  x: rows([8 - n / 2, 8 - n / 2]),
  sigma: 1 - n / 16,
}))

describe('EasyCache', () => {
  it('predicts the output’s change from the input’s, at the rate of the two newest computed evaluations', async () => {
    const { steps, outs } = await runCached(POLICY, evaluations)
    expect(actions({ steps, outs } as Awaited<ReturnType<typeof runCached>>).slice(0, 3)).toEqual([
      'forced',
      'forced',
      'zero-order',
    ])
    const [o0 = 0, o1 = 0] = [outs[0]?.[0], outs[1]?.[0]]
    const rate = Math.abs(o1 - o0) / 0.5
    expect(steps[2]?.extra).toEqual({ inputChange: 0.5, rate })
    expect(steps[2]?.accCompared).toBe((rate * 0.5) / o1)
    // Against the computed evaluation, not the one before.
    expect(steps[3]?.extra['inputChange']).toBe(1)
    expect(steps[3]?.accCompared).toBe((rate * 0.5) / o1 + (rate * 1) / o1)
  })

  it('answers without running anything: the input enters the velocity', async () => {
    const run = await runCached(POLICY, evaluations)
    expect(callsOf(run, 'probe')).toHaveLength(2)
    expect(callsOf(run, 'head')).toEqual([])
    expect(run.outs[2]?.[0]).toBe(7 + ((run.outs[1]?.[0] ?? 0) - 7.5))
    expect(run.steps[2]).toMatchObject({ parts: [], probeMs: 0 })
  })

  it('starts again from a sum of 0, with a new rate, when it computes', async () => {
    const first = await runCached(POLICY, evaluations)
    const threshold = first.steps[3]?.accCompared ?? 0
    const run = await runCached({ ...POLICY, threshold }, evaluations)
    expect(actions(run).slice(2, 5)).toEqual(['zero-order', 'refreshed', 'zero-order'])
    const [o1 = 0, o3 = 0] = [run.outs[1]?.[0], run.outs[3]?.[0]]
    expect(run.steps[4]?.extra['rate']).toBe(Math.abs(o3 - o1) / 1)
    expect(run.steps[4]?.accBefore).toBe(0)
  })

  it('computes outside its window, and collects twice inside it', async () => {
    const run = await runCached({ ...POLICY, startSigma: 14 / 16, endSigma: 11 / 16 }, evaluations)
    expect(run.steps.map(({ reason }) => reason)).toEqual([
      'outside-window',
      'outside-window',
      'collecting',
      'collecting',
      'below-threshold',
      'below-threshold',
      'outside-window',
      'outside-window',
    ])
  })

  it('lets the first conditioning decide for all, and each keep its own output', async () => {
    const both = evaluations.map(({ x, sigma }, n) => ({ x: rows([...x.data], [n % 2, -9]), sigma }))
    const run = await runCached(POLICY, both, { branches: 2 })
    const alone = await runCached(POLICY, evaluations)
    const decided = (branch: number): unknown =>
      run.steps
        .filter((step) => step.branch === branch)
        .map(({ action, accCompared }) => [action, accCompared])
    expect(decided(0)).toEqual(alone.steps.map(({ action, accCompared }) => [action, accCompared]))
    expect(decided(1)).toEqual(decided(0))
    expect(run.outs[2]?.[2]).toBe(0 + ((run.outs[1]?.[2] ?? 0) - 1))
  })
})
