import { policyOf } from '@dicache/diffusion'
import { describe, expect, it } from 'vitest'
import {
  indicatorPercentiles,
  replay,
  type ShadowRun,
  suggestThreshold,
  thresholdCurve,
} from './replay-threshold.ts'

const steps = 10
const policy = { ...policyOf({ profile: 'flux', steps, warmup: 2 }), threshold: 0 }
const entries = Array.from({ length: steps }, (_, step) => ({ step, deltaX: 0.01, deltaY: 0.1 }))
const run: ShadowRun = { steps, deciders: [entries], fullStepMs: 10, reusedStepMs: 1 }

describe('threshold helper', () => {
  it('replays the gate: 0 reuses nothing, and each indicator more lets one more step in a row be reused', () => {
    expect(replay(policy, run)).toEqual({ threshold: 0, reused: 0, stepRatio: 1, predictedSpeedup: 1 })
    // Steps 0, 1 are warm-up and 9 is the last: of 2 … 8 every second one is reused, then two of three.
    expect(replay({ ...policy, threshold: 0.15 }, run).reused).toBeCloseTo(4 / 10)
    expect(replay({ ...policy, threshold: 0.25 }, run).reused).toBeCloseTo(5 / 10)
    expect(replay({ ...policy, threshold: 99 }, run).reused).toBeCloseTo(7 / 10)
  })

  it('predicts from measured milliseconds', () => {
    expect(replay({ ...policy, threshold: 0.15 }, run).predictedSpeedup).toBeCloseTo(
      10 / (0.4 * 1 + 0.6 * 10),
    )
  })

  it('makes a rising curve, and takes the lowest threshold that is fast enough', () => {
    const curve = thresholdCurve(policy, run)
    expect(curve[0]?.threshold).toBe(0)
    expect(curve.every((point, n) => n === 0 || point.threshold > (curve[n - 1]?.threshold ?? 0))).toBe(true)
    const chosen = suggestThreshold(curve, 1.5)
    expect(chosen?.predictedSpeedup).toBeGreaterThanOrEqual(1.5)
    expect(
      curve
        .filter(({ threshold }) => threshold < (chosen?.threshold ?? 0))
        .every((p) => p.predictedSpeedup < 1.5),
    ).toBe(true)
    expect(suggestThreshold(curve, 1000)?.reused).toBeCloseTo(7 / 10)
  })

  it('gives percentiles of what could be reused, and survives indicators that are no numbers', () => {
    expect(indicatorPercentiles(policy, run)).toEqual([0.1, 0.1, 0.1])
    const broken = { ...run, deciders: [entries.map((entry) => ({ ...entry, deltaY: Number.NaN }))] }
    expect(thresholdCurve(policy, broken).every(({ reused }) => reused === 0)).toBe(true)
    expect(thresholdCurve(policy, { ...run, deciders: [] })).toHaveLength(1)
  })

  it('keeps to the windows: what lies outside is computed, and suggests no threshold', () => {
    const inside = { ...policy, windows: [[4, 7]] as const }
    expect(replay({ ...inside, threshold: 99 }, run).reused).toBeCloseTo(3 / 10)
    const loud = entries.map((entry) => (entry.step === 8 ? { ...entry, deltaY: 7 } : entry))
    expect(indicatorPercentiles(inside, { ...run, deciders: [loud] })).toEqual([0.1, 0.1, 0.1])
    expect(thresholdCurve(inside, { ...run, deciders: [loud] }).at(-1)?.threshold).toBeLessThan(0.4)
  })
})
