import { describe, expect, it, test } from 'vitest'
import { closedForm, createClosedFormSplit } from '../testing/closed-form-split.ts'
import { actions, callsOf, EAGER, type Evaluation, rows, runCached, WALK } from '../testing/run-cached.ts'
import { clip } from './clip.ts'
import { NO_CACHE } from './none.ts'
import type { DiCachePolicy } from './policy.ts'

/** The residual hL − h0 of one value, and the head. */
const residual = (x: number, sigma: number): number =>
  closedForm.last(closedForm.h0(x), sigma) - closedForm.h0(x)
const answer = (x: number, sigma: number, added: number): number =>
  closedForm.head(closedForm.h0(x) + added, sigma)

describe('a computed step', () => {
  it('is the whole forward, and is the same with the cache off, at threshold 0, and through the warm-up', async () => {
    const whole = WALK.map(({ x, sigma }) => Array.from(createClosedFormSplit().whole(x, sigma).data))
    const off = await runCached(NO_CACHE, WALK)
    const zero = await runCached({ ...EAGER, threshold: 0 }, WALK)
    const warm = await runCached({ ...EAGER, warmupSteps: WALK.length }, WALK)
    expect([off.outs, zero.outs, warm.outs]).toEqual([whole, whole, whole])
    expect(actions(off)).toEqual(['forced', 'forced', 'forced', 'forced', 'forced'])
    expect(actions(zero)).toEqual(['forced', 'refreshed', 'refreshed', 'refreshed', 'refreshed'])
    expect(callsOf(zero, 'reuse')).toEqual([])
  })

  it('goes on from its own probe: one probe and one deep call each', async () => {
    const { split } = await runCached(NO_CACHE, WALK.slice(0, 2))
    expect(split.calls.map(({ part }) => part)).toEqual(['probe', 'deep', 'probe', 'deep'])
  })
})

describe('a reused step', () => {
  it('is exact where nothing changed: the residual is added once, under a fresh head', async () => {
    const [first] = WALK
    if (first === undefined) throw new Error('no step')
    const reused = await runCached(EAGER, [first, first, first])
    expect(actions(reused)).toEqual(['forced', 'zero-order', 'zero-order'])
    const whole = Array.from(createClosedFormSplit().whole(first.x, first.sigma).data)
    expect(reused.outs).toEqual([whole, whole, whole])
  })

  it('adds the newest residual to its own tokens while there is one anchor', async () => {
    const { outs } = await runCached(EAGER, WALK)
    const expected = WALK.slice(1).map(({ x, sigma }) =>
      Array.from(x.data, (value, n) => answer(value, sigma, residual([1, -2][n] ?? 0, 1))),
    )
    expect(outs.slice(1)).toEqual(expected)
  })

  it('blends the two newest computed steps by clipped γ: reused steps in between do not count', async () => {
    // Warm-up of three: steps 0, 1, 2 are computed, and 0 must be forgotten. 3 and 4 are reused.
    const policy = { ...EAGER, warmupSteps: 3, gammaClip: [0, 100] } as const
    const blended = await runCached(policy, WALK)
    expect(actions(blended)).toEqual(['forced', 'forced', 'forced', 'dcta', 'dcta'])
    const probeResidual = (at: number): readonly number[] =>
      Array.from(WALK[at]?.x.data ?? [], (value) => {
        const h0 = closedForm.h0(value)
        return closedForm.hm(h0, WALK[at]?.sigma ?? 0) - h0
      })
    const gap = (a: readonly number[], b: readonly number[]): number =>
      a.reduce((sum, value, n) => sum + Math.abs(value - (b[n] ?? 0)), 0) / a.length
    for (const at of [3, 4]) {
      const gamma = gap(probeResidual(at), probeResidual(1)) / gap(probeResidual(2), probeResidual(1))
      const expected = Array.from(WALK[at]?.x.data ?? [], (value, n) => {
        const older = residual(WALK[1]?.x.data[n] ?? 0, 0.75)
        const newer = residual(WALK[2]?.x.data[n] ?? 0, 0.5)
        return answer(value, WALK[at]?.sigma ?? 0, older + gamma * (newer - older))
      })
      for (const [n, value] of expected.entries()) expect(blended.outs[at]?.[n]).toBeCloseTo(value, 4)
      expect(blended.steps[at]?.gammaRaw).toBeCloseTo(gamma, 5)
    }
    const [third, fourth] = callsOf(blended, 'reuse')
    expect(third?.anchors).toEqual(fourth?.anchors)
  })

  it('clips γ to the policy’s bounds, and reports it raw and clipped', async () => {
    const policy = { ...EAGER, warmupSteps: 3 } as const
    const far = await runCached({ ...policy, gammaClip: [0, 1.125] }, WALK)
    const last = far.steps.at(-1)
    expect(last?.gammaRaw).toBeGreaterThan(1.125)
    expect(last?.gamma).toBe(1.125)
    expect(callsOf(far, 'reuse').map(({ options }) => options.gammaClip)).toEqual([
      [0, 1.125],
      [0, 1.125],
    ])
    const open = await runCached({ ...policy, gammaClip: [0, 100] }, WALK)
    expect(open.outs.at(-1)).not.toEqual(far.outs.at(-1))
    const near = await runCached({ ...policy, gammaClip: [50, 100] }, WALK)
    expect(near.steps.at(-1)?.gamma).toBe(50)
  })

  it('falls back to the newest residual where two anchors are equal, unless it is to be as released', async () => {
    const still = [WALK[0], WALK[0], WALK[1]].flatMap((step) => (step === undefined ? [] : [step]))
    const policy = { ...EAGER, warmupSteps: 2 }
    const reference = await runCached(policy, still)
    expect(actions(reference).at(2)).toBe('zero-order')
    expect(reference.steps.at(2)).toMatchObject({ gammaRaw: Number.POSITIVE_INFINITY, gamma: undefined })
    expect(reference.outs.at(2)).toEqual(
      [1.25, -2].map((value, n) => answer(value, 0.75, residual([1, -2][n] ?? 0, 1))),
    )
    const official = await runCached({ ...policy, semantics: 'official' }, still)
    expect(actions(official).at(2)).toBe('dcta')
    expect(callsOf(official, 'reuse').map(({ options }) => options.guard)).toEqual([false])
  })

  it('takes the newest residual alone where the policy says so', async () => {
    const zero = await runCached({ ...EAGER, warmupSteps: 3, alignment: 'zero-order' }, WALK)
    expect(actions(zero).slice(3)).toEqual(['zero-order', 'zero-order'])
    const expected = Array.from(WALK[3]?.x.data ?? [], (value, n) =>
      answer(value, 0.25, residual(WALK[2]?.x.data[n] ?? 0, 0.5)),
    )
    expect(zero.outs.at(3)).toEqual(expected)
  })
})

describe('the comparison', () => {
  it('is with the evaluation before, reused or not', async () => {
    const reused = await runCached(EAGER, WALK)
    const previous = callsOf(reused, 'probe').map((call) => call.previous)
    const tokens = WALK.map(({ x, sigma }) => {
      const h0 = Array.from(x.data, closedForm.h0)
      return { h0, hm: h0.map((value) => closedForm.hm(value, sigma)) }
    })
    expect(previous.map((p) => p && { h0: [...p.h0.data], hm: [...p.signal.data] })).toEqual([
      undefined,
      ...tokens.slice(0, -1),
    ])
  })

  it('keeps, with a stale probe, the tokens of before on steps that the gate computed', async () => {
    const stale = await runCached({ ...EAGER, threshold: 0 }, WALK, { staleProbe: true })
    const hm = callsOf(stale, 'probe').map(({ previous }) => previous && [...previous.signal.data])
    const h0 = callsOf(stale, 'probe').map(({ previous }) => previous && [...previous.h0.data])
    const first = [1, -2].map((value) => closedForm.hm(closedForm.h0(value), 1))
    expect(hm).toEqual([undefined, first, first, first, first])
    expect(h0.slice(1)).toEqual(WALK.slice(0, -1).map(({ x }) => Array.from(x.data, closedForm.h0)))
  })

  it('stores, with a stale probe, its residual against the new tokens', async () => {
    // hm = 3x + 1: 4, then 7 (an indicator of 3/4), then 5.5 (1.5/7 of the last, 1.5/4 of the one before).
    const evaluations: readonly Evaluation[] = [1, 2, 1.5].map((value) => ({
      x: rows([value, value]),
      sigma: 1,
    }))
    const anchorsOf = async (staleProbe: boolean): Promise<readonly (number | undefined)[]> => {
      const all = await runCached({ ...EAGER, threshold: 0.7, gammaClip: [0, 9] }, evaluations, {
        staleProbe,
      })
      expect(actions(all)).toEqual(['forced', 'refreshed', 'dcta'])
      const [call] = callsOf(all, 'reuse')
      return [call?.anchors.p1.data[0], call?.anchors.p2.data[0]]
    }
    const hmOf = (x: number): number => closedForm.hm(closedForm.h0(x), 1)
    expect(await anchorsOf(false)).toEqual([hmOf(2) - closedForm.h0(2), hmOf(1) - closedForm.h0(1)])
    expect(await anchorsOf(true)).toEqual([hmOf(1) - closedForm.h0(2), hmOf(1) - closedForm.h0(1)])
  })

  it('is of sums over a branch’s samples, or of the sample that changed most', async () => {
    const evaluations: readonly Evaluation[] = [
      { x: rows([8, 8], [1, 1]), sigma: 1 },
      { x: rows([8, 8], [2, 2]), sigma: 1 },
    ]
    const deltaX = async (batch: DiCachePolicy['batch']): Promise<number | undefined> =>
      (await runCached({ ...EAGER, batch }, evaluations)).steps.at(1)?.deltaX
    expect(await deltaX('mean')).toBe(Math.fround(1 / 9))
    expect(await deltaX('max')).toBe(1)
    const groups = async (batch: DiCachePolicy['batch']): Promise<readonly number[]> => [
      ...(callsOf(await runCached({ ...EAGER, batch }, evaluations), 'reuse')[0]?.options.groups.data ?? []),
    ]
    expect(await groups('mean')).toEqual([1, 1, 1, 1])
    expect(await groups('max')).toEqual([1, 0, 0, 1])
  })
})

test('a step reports what was compared, and nothing where nothing was', async () => {
  const { steps } = await runCached({ ...EAGER, indicator: 'delta_minus' }, WALK.slice(0, 2))
  expect(steps.at(0)).toMatchObject({ action: 'forced', reason: 'no-anchor', accBefore: 0, accAfter: 0 })
  expect([steps.at(0)?.deltaX, steps.at(0)?.indicator, steps.at(0)?.accCompared]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
  // h0: 2, −4 → 2.5, −4. hm = 1.5·h0 + σ: 4, −5 → 4.5, −5.25.
  const [deltaX, deltaY] = [Math.fround(0.5 / 6), Math.fround(0.75 / 9)]
  expect(steps.at(1)).toMatchObject({ deltaX, deltaY, accBefore: 0 })
  expect(steps.at(1)?.accCompared).toBe(Math.fround(Math.abs(deltaY - deltaX)))
})

test.each([
  [0.4, 1],
  [1.25, 1.25],
  [1.8, 1.5],
  [Number.POSITIVE_INFINITY, 1.5],
  [Number.NaN, Number.NaN],
])('γ %d is clipped to %d between 1 and 1.5', (gamma, expected) => {
  expect(clip(gamma, [1, 1.5])).toBe(expected)
})
