/** DiCache in whole runs: who decides, where it may reuse, and what it holds. */
import { describe, expect, it } from 'vitest'
import { actions, callsOf, EAGER, type Evaluation, isReused, rows, runCached } from '../testing/run-cached.ts'
import { stepCacheContract } from '../testing/step-cache-contract.ts'
import { dicache } from './dicache.ts'
import { type DiCachePolicy, policyOf } from './policy.ts'
import { parseWindows } from './step-window.ts'

const VARIANTS: Readonly<Record<string, Partial<DiCachePolicy>>> = {
  'reference, each branch alone': {},
  // With two equal anchors the released code gives NaN, so there is one here.
  'as released': { semantics: 'official', warmupSteps: 1 },
  delta_minus: { indicator: 'delta_minus' },
  'zero order': { alignment: 'zero-order' },
  'cond decides': { cfg: 'cond-decides' },
  'one batch': { cfg: 'joint' },
  'the sample that changes most': { batch: 'max' },
  'three reused in a row at most': { maxConsecutive: 3 },
}

for (const [name, changes] of Object.entries(VARIANTS)) {
  const eager: DiCachePolicy = { ...EAGER, ...changes }
  stepCacheContract(`DiCache, ${name}`, {
    eager,
    exact: { ...eager, threshold: 0 },
    strategy: dicache(eager),
    seen: [0, 0.25, 0.5, Number.NaN, 0.125].map((deltaY) => ({ deltaX: 0.125, deltaY })),
  })
}

/** Branch 0 hardly moves; branch 1 moves by a quarter of itself at every other step. */
const UNEQUAL: readonly Evaluation[] = Array.from({ length: 8 }, (_, n) => ({
  x: rows([16 + n / 16, 16], [16 + 8 * (n % 2), 16]),
  sigma: 0.5,
}))

const decided = async (policy: DiCachePolicy, branch: number): Promise<readonly unknown[]> =>
  (await runCached(policy, UNEQUAL, { branches: 2 })).steps
    .filter((step) => step.branch === branch)
    .map(({ action, accCompared }) => [action, accCompared])

describe('branches', () => {
  const policy: DiCachePolicy = { ...EAGER, threshold: 0.25 }

  it('decide alone, unless the first decides for all', async () => {
    const [calm, wild] = [await decided(policy, 0), await decided(policy, 1)]
    expect(wild).not.toEqual(calm)
    const shared = { ...policy, cfg: 'cond-decides' } as const
    expect(await decided(shared, 0)).toEqual(calm)
    expect(await decided(shared, 1)).toEqual(calm)
  })

  it('make one decision from the means over all as one batch, and have one γ', async () => {
    const joint: DiCachePolicy = { ...policy, cfg: 'joint', threshold: 1e9, warmupSteps: 2 }
    expect(await decided(joint, 0)).toEqual(await decided(joint, 1))
    const run = await runCached(joint, UNEQUAL, { branches: 2 })
    const signal = (n: number): readonly number[] => Array.from(UNEQUAL[n]?.x.data ?? [], (x) => 3 * x + 0.5)
    const total = (values: readonly number[]): number =>
      values.reduce((sum, value) => sum + Math.abs(value), 0)
    const change = total(signal(2).map((value, n) => value - (signal(1)[n] ?? 0))) / total(signal(1))
    expect(run.steps.find(({ step }) => step === 2)?.deltaY).toBe(Math.fround(change))
    const [call] = callsOf(run, 'reuse')
    expect(call?.options.groups.data).toEqual(Float32Array.of(1, 1, 1, 1))
    const gammas = run.steps.filter(({ step }) => step === 2).map(({ gammaRaw }) => gammaRaw)
    expect(gammas[0]).toBe(gammas[1])
  })

  it('go through one call when one decision is made for all', async () => {
    for (const cfg of ['cond-decides', 'joint'] as const) {
      const run = await runCached({ ...policy, cfg }, UNEQUAL, { branches: 2 })
      const calls = [...callsOf(run, 'deep'), ...callsOf(run, 'reuse')]
      expect(calls.every(({ samples }) => samples.count === 2)).toBe(true)
      expect(callsOf(run, 'reuse').length).toBeGreaterThan(2)
    }
  })

  it('warm up in calls, cond first, as the released WAN does', async () => {
    const official = policyOf({ profile: 'wan', steps: 28, semantics: 'official', branches: 2 })
    expect(official.warmupCalls).toBe(11)
    const walk = Array.from({ length: 28 }, (_, n) => ({ x: rows([n, 1], [n, 1]), sigma: 1 - n / 32 }))
    const run = await runCached({ ...official, threshold: 1e9 }, walk, { branches: 2 })
    const warm = (branch: number): number =>
      run.steps.filter((step) => step.branch === branch && step.reason === 'warm-up').length
    expect([warm(0), warm(1)]).toEqual([6, 5])
    const reference = policyOf({ profile: 'wan', steps: 28, branches: 2 })
    expect([reference.warmupSteps, reference.warmupCalls]).toEqual([5, undefined])
  })
})

describe('windows of steps', () => {
  const reasons = async (text: string): Promise<readonly string[]> => {
    const { windows } = policyOf({ profile: 'flux', steps: 8, windows: parseWindows(text) })
    return (await runCached({ ...EAGER, windows }, UNEQUAL, { branches: 2 })).steps
      .filter(({ branch }) => branch === 0)
      .map(({ reason }) => reason)
  }

  it('allow reuse inside them and nowhere else', async () => {
    const [out, reuse] = ['outside-window', 'below-threshold']
    expect(await reasons('2-4, 6-7')).toEqual([out, out, reuse, reuse, out, out, reuse, out])
    expect(await reasons('25%-50%')).toEqual([out, out, reuse, reuse, out, out, out, out])
    expect((await reasons('')).slice(1).every((reason) => reason === reuse)).toBe(true)
  })

  it('are read from text, and refused when they are none', () => {
    expect(parseWindows('4-12, 60%-100%')).toEqual([
      { unit: 'steps', from: 4, to: 12 },
      { unit: 'share', from: 0.6, to: 1 },
    ])
    for (const text of ['4', '12-4', '4-4', '20%-5', '50%-120%', 'a-b', '-1-4'])
      expect(() => parseWindows(text)).toThrow(/is no range of steps/)
  })
})

describe('a batch', () => {
  it('is decided by the sample with the largest indicator, delta_minus too', async () => {
    // Sample 0: h0 and hm change alike. Sample 1: hm changes less than h0, which is what delta_minus sees.
    const batch: readonly Evaluation[] = [
      { x: rows([4, 4], [1, 1]), sigma: 1 },
      { x: rows([8, 8], [2, 2]), sigma: 1 },
    ]
    const policy: DiCachePolicy = { ...EAGER, indicator: 'delta_minus', batch: 'max' }
    const [, step] = (await runCached(policy, batch)).steps
    // hm = 3x + 1: from 4 to 7 and from 13 to 25, h0 doubles in both.
    expect(step?.indicator).toBe(Math.fround(Math.abs(Math.fround(3 / 4) - 1)))
    expect(step?.deltaX).toBe(1)
  })
})

describe('memory', () => {
  it('is two windows of R and P, whatever the branches decide', async () => {
    // [2 branches, 2 values] of 4 bytes, four times.
    const formula = 4 * 2 * 2 * 4
    for (const policy of [EAGER, { ...EAGER, threshold: 0.25 }, { ...EAGER, threshold: 0 }]) {
      const run = await runCached(policy, UNEQUAL, { branches: 2 })
      const anchored = run.steps.filter((step) => !isReused(step)).length > 2
      expect(run.heldBytes).toBe(anchored ? formula : formula / 2)
    }
    const mixed = await runCached({ ...EAGER, threshold: 0.25 }, UNEQUAL, { branches: 2 })
    expect(new Set(actions(mixed)).size).toBeGreaterThan(2)
  })

  it('is one residual for zero order', async () => {
    const run = await runCached({ ...EAGER, alignment: 'zero-order' }, UNEQUAL, { branches: 2 })
    expect(run.heldBytes).toBe(2 * 2 * 4)
  })
})
