import { describe, expect, it } from 'vitest'
import { closedForm } from '../testing/closed-form-split.ts'
import { actions, type Evaluation, rows, runCached } from '../testing/run-cached.ts'
import { stepCacheContract } from '../testing/step-cache-contract.ts'
import { magcache, type MagCachePolicy, ratiosOf, stretchRatios } from './magcache.ts'

const POLICY: MagCachePolicy = {
  kind: 'magcache',
  threshold: 1e9,
  ratios: Array.from({ length: 24 }, (_, n) => (n === 0 ? 1 : 1.25)),
  retention: 0.125,
  maxSkips: 3,
}

stepCacheContract('MagCache', {
  eager: POLICY,
  exact: { ...POLICY, threshold: 0 },
  strategy: magcache(POLICY),
  seen: Array.from({ length: 12 }, () => undefined),
})

const evaluations: readonly Evaluation[] = Array.from({ length: 8 }, (_, n) => ({
  x: rows([1 + n, 2]),
  sigma: 1 - n / 16,
}))

describe('MagCache', () => {
  it('sums the product’s distance from 1 since the last computed evaluation', async () => {
    const run = await runCached({ ...POLICY, threshold: 1 }, evaluations)
    expect(run.steps.map(({ accCompared }) => accCompared)).toEqual([
      undefined,
      0.25,
      0.25 + 0.5625,
      0.25 + 0.5625 + 0.953125,
      0.25,
      0.8125,
      1.765625,
      0.25,
    ])
    expect(actions(run)[3]).toBe('refreshed')
  })

  it('reuses at exactly the threshold, and at most so many in a row', async () => {
    const reused = async (changes: Partial<MagCachePolicy>): Promise<readonly boolean[]> =>
      actions(await runCached({ ...POLICY, ...changes }, evaluations)).map(
        (action) => action === 'zero-order',
      )
    expect((await reused({ threshold: 0.25 })).slice(0, 4)).toEqual([false, true, false, true])
    expect((await reused({ threshold: 0.2499 })).slice(0, 4)).toEqual([false, false, false, false])
    expect(await reused({ maxSkips: 2 })).toEqual([false, true, true, false, true, true, false, true])
  })

  it('retains a share of the steps, rounded as published', () => {
    const forced = (retention: number, steps: number): number => {
      const rule = magcache({ ...POLICY, retention })
      let state = rule.start
      return Array.from({ length: steps }, (_, step) => {
        const place = { step, steps, evaluation: step, time: step, sigma: 1, branch: 0, branches: 1 }
        const verdict = rule.decide(state, { place, seen: undefined })
        state = verdict.state
        return verdict.reason
      }).filter((reason) => reason === 'warm-up').length
    }
    expect([forced(0.2, 30), forced(0.25, 10), forced(0.35, 10), forced(0, 10)]).toEqual([6, 2, 4, 0])
  })

  it('refuses to guess ratios', () => {
    expect(() => magcache({ ...POLICY, ratios: [] })).toThrow(/calibration/)
  })
})

describe('calibration', () => {
  it('computes everything, and measures each branch’s residuals a token', async () => {
    // A token is a row here: R of both values, at σ = 0 a quarter of h0 squared.
    const both = [1, 2, 3].map((value) => ({ x: rows([value, value], [5, 5]), sigma: 0 }))
    const run = await runCached({ kind: 'magcache-calibration' }, both, { branches: 2 })
    expect(run.steps.every(({ action, reason }) => action === 'forced' && reason === 'calibration')).toBe(
      true,
    )
    const residual = (x: number): number => closedForm.last(2 * x, 0) - 2 * x
    const ratios = ratiosOf(run.steps)
    expect(ratios[0]).toBe(1)
    expect(ratios[1]).toBeCloseTo(residual(2) / residual(1), 6)
    expect(ratios[2]).toBeCloseTo(residual(3) / residual(2), 6)
    const second = run.steps.filter(({ branch }) => branch === 1).map(({ extra }) => extra['ratio'] ?? 0)
    for (const ratio of second) expect(ratio).toBeCloseTo(1, 6)
  })

  it('is used at another number of evaluations by the nearest of its own', () => {
    expect(stretchRatios([1, 2, 3, 4], 4)).toEqual([1, 2, 3, 4])
    expect(stretchRatios([1, 2, 3, 4], 7)).toEqual([1, 1, 2, 3, 3, 3, 4])
    expect(stretchRatios([1, 2, 3, 4], 2)).toEqual([1, 4])
    expect(stretchRatios([1, 2, 3, 4], 1)).toEqual([4])
  })
})
