import { describe, expect, it, test } from 'vitest'
import { COLD, decide, type Decision, forcedReason, type GateState } from './dicache.ts'
import { type DiCachePolicy, policyOf } from './policy.ts'

const GATE: DiCachePolicy = {
  kind: 'dicache',
  threshold: 0.5,
  indicator: 'delta_y',
  warmupSteps: 0,
  forceLast: false,
  reuseWhen: 'less',
  windows: [],
  gammaClip: [1, 1.5],
  alignment: 'dcta',
  semantics: 'reference',
  cfg: 'independent',
  batch: 'mean',
  maxConsecutive: Number.POSITIVE_INFINITY,
}
const WARM: GateState = { acc: 0, anchors: 2, consecutive: 0 }

/** Decisions over indicators, one a step, from a state that has its anchors. */
function run(
  policy: DiCachePolicy,
  indicators: readonly number[],
  from: GateState = WARM,
): readonly Decision[] {
  let state = from
  return indicators.map((deltaY, step) => {
    const decision = decide(policy, state, {
      place: { step, steps: indicators.length },
      change: { deltaX: 0, deltaY },
    })
    state = decision.state
    return decision
  })
}

const actions = (decisions: readonly Decision[]): readonly string[] => decisions.map(({ action }) => action)
const reasons = (decisions: readonly Decision[]): readonly string[] => decisions.map(({ reason }) => reason)

describe('the gate', () => {
  it('sums indicators over reused steps, and starts again at 0 after a computed one', () => {
    const decisions = run(GATE, [0.25, 0.125, 0.25, 0.25, 0.125])
    expect(actions(decisions)).toEqual(['reuse', 'reuse', 'refreshed', 'reuse', 'reuse'])
    expect(decisions.map(({ accBefore }) => accBefore)).toEqual([0, 0.25, 0.375, 0, 0.25])
    expect(decisions.map(({ accCompared }) => accCompared)).toEqual([0.25, 0.375, 0.625, 0.25, 0.375])
    expect(decisions.map(({ state }) => state.acc)).toEqual([0.25, 0.375, 0, 0.25, 0.375])
  })

  it('computes at exactly the threshold with <, reuses with <=', () => {
    expect(actions(run(GATE, [0.25, 0.25]))).toEqual(['reuse', 'refreshed'])
    expect(actions(run({ ...GATE, reuseWhen: 'less-or-equal' }, [0.25, 0.25, 0.25]))).toEqual([
      'reuse',
      'reuse',
      'refreshed',
    ])
  })

  it('adds and compares in float32: 3 × 0.1 is float32 0.3, which it is not in float64', () => {
    const tenths = [0.1, 0.1, 0.1]
    expect(actions(run({ ...GATE, threshold: 0.3 }, tenths))).toEqual(['reuse', 'reuse', 'refreshed'])
    expect(actions(run({ ...GATE, threshold: 0.3, reuseWhen: 'less-or-equal' }, tenths))).toEqual([
      'reuse',
      'reuse',
      'reuse',
    ])
    expect(run(GATE, [0.1]).at(0)?.indicator).toBe(Math.fround(0.1))
  })

  it('never reuses at threshold 0 with <, and only an unchanged step with <=', () => {
    expect(actions(run({ ...GATE, threshold: 0 }, [0, 0]))).toEqual(['refreshed', 'refreshed'])
    expect(actions(run({ ...GATE, threshold: 0, reuseWhen: 'less-or-equal' }, [0, 1e-30, 0]))).toEqual([
      'reuse',
      'refreshed',
      'reuse',
    ])
  })

  it('computes when the sum is not a number, and forgets that it was', () => {
    const decisions = run(GATE, [0.1, Number.NaN, 0.1])
    expect(actions(decisions)).toEqual(['reuse', 'refreshed', 'reuse'])
    expect(reasons(decisions)).toEqual(['below-threshold', 'not-a-number', 'below-threshold'])
    expect(actions(run(GATE, [Number.POSITIVE_INFINITY, 0.1]))).toEqual(['refreshed', 'reuse'])
  })

  it('computes after as many reused steps in a row as it may', () => {
    const decisions = run({ ...GATE, maxConsecutive: 2 }, [0.01, 0.01, 0.01, 0.01, 0.01, 0.01])
    expect(actions(decisions)).toEqual(['reuse', 'reuse', 'refreshed', 'reuse', 'reuse', 'refreshed'])
    expect(reasons(decisions).at(2)).toBe('max-consecutive')
    expect(decisions.map(({ state }) => state.acc === 0)).toEqual([false, false, true, false, false, true])
    expect(reasons(run({ ...GATE, maxConsecutive: 1 }, [0.1, 9])).at(1)).toBe('above-threshold')
  })
})

describe('the indicator', () => {
  const indicatorOf = (
    indicator: DiCachePolicy['indicator'],
    deltaX: number,
    deltaY: number,
  ): number | undefined =>
    decide({ ...GATE, indicator }, WARM, { place: { step: 0, steps: 9 }, change: { deltaX, deltaY } })
      .indicator

  it('delta_y is the probe’s change alone', () => {
    expect(indicatorOf('delta_y', 0.25, 0.125)).toBe(0.125)
  })

  it('delta_minus is how much the two changes differ, whichever is larger', () => {
    expect(indicatorOf('delta_minus', 0.25, 0.125)).toBe(0.125)
    expect(indicatorOf('delta_minus', 0.125, 0.5)).toBe(0.375)
  })
})

describe('steps that are computed without asking', () => {
  const nothing = (count: number): readonly number[] => Array.from({ length: count }, () => 0)

  it('are the warm-up steps and no other', () => {
    const decisions = run({ ...GATE, warmupSteps: 2 }, nothing(4))
    expect(actions(decisions)).toEqual(['forced', 'forced', 'reuse', 'reuse'])
    expect(reasons(decisions).slice(0, 2)).toEqual(['warm-up', 'warm-up'])
  })

  it('count steps, not evaluations', () => {
    const at = (step: number): string =>
      decide({ ...GATE, warmupSteps: 1 }, WARM, {
        place: { step, steps: 4 },
        change: { deltaX: 0, deltaY: 0 },
      }).action
    expect([at(0), at(0), at(1), at(1)]).toEqual(['forced', 'forced', 'reuse', 'reuse'])
  })

  it('are the last step only where asked for', () => {
    expect(actions(run({ ...GATE, forceLast: true }, nothing(3)))).toEqual(['reuse', 'reuse', 'forced'])
    expect(actions(run(GATE, nothing(3)))).toEqual(['reuse', 'reuse', 'reuse'])
    expect(forcedReason({ ...GATE, forceLast: true }, WARM, { step: 2, steps: 3 })).toBe('last-step')
  })

  it('are the first without a warm-up, because nothing is kept yet', () => {
    const decisions = run(GATE, nothing(2), COLD)
    expect(actions(decisions)).toEqual(['forced', 'reuse'])
    expect(reasons(decisions).at(0)).toBe('no-anchor')
  })

  it('evaluate no gate: no indicator, no sum, and a sum of 0 afterwards', () => {
    const state: GateState = { acc: 0.375, anchors: 2, consecutive: 3 }
    const forced = decide({ ...GATE, warmupSteps: 1 }, state, {
      place: { step: 0, steps: 3 },
      change: { deltaX: 1, deltaY: 1 },
    })
    expect(forced).toMatchObject({ action: 'forced', accBefore: 0.375 })
    expect([forced.indicator, forced.accCompared]).toEqual([undefined, undefined])
    expect(forced.state).toEqual({ acc: 0, anchors: 2, consecutive: 0 })
  })
})

test('two computed steps are remembered, never more, and reused ones not at all', () => {
  const decisions = run({ ...GATE, warmupSteps: 3 }, [0, 0, 0, 0.1, 9], COLD)
  expect(decisions.map(({ state }) => state.anchors)).toEqual([1, 2, 2, 2, 2])
  expect(run(GATE, [0, 0.1], COLD).map(({ state }) => state.anchors)).toEqual([1, 1])
})

test.each([
  ['flux', 30, [0, 1, 2, 3, 4, 5, 6, 29]],
  ['flux', 28, [0, 1, 2, 3, 4, 5, 27]],
  ['hunyuan', 50, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
  ['wan', 40, [0, 1, 2, 3, 4, 5, 6, 7]],
] as const)('%s at %i steps computes %j without asking', (profile, steps, expected) => {
  const decisions = run(
    policyOf({ profile, steps }),
    Array.from({ length: steps }, () => 0),
    COLD,
  )
  const forced = decisions.flatMap(({ action }, step) => (action === 'forced' ? [step] : []))
  expect(forced).toEqual(expected)
  expect(actions(decisions).filter((action) => action === 'reuse')).toHaveLength(steps - expected.length)
})
