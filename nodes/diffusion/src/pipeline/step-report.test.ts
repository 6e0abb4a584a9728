import type { BranchStep, StepCachePolicy } from '@dicache/diffusion'
import { NO_CACHE, policyOf } from '@dicache/diffusion'
import { describe, expect, it } from 'vitest'
import type { ReportFacts } from './report-facts.ts'
import { stepReport } from './step-report.ts'

const STEP: BranchStep = {
  step: 0,
  order: 0,
  branch: 0,
  sigma: 1,
  action: 'forced',
  reason: 'warm-up',
  deltaX: undefined,
  deltaY: undefined,
  indicator: undefined,
  accBefore: 0,
  accCompared: undefined,
  accAfter: 0,
  gammaRaw: undefined,
  gamma: undefined,
  probeMs: 2,
  restMs: 18,
  together: 1,
  parts: ['probe', 'deep'],
  extra: {},
  shadow: undefined,
}
const REUSED: BranchStep = {
  ...STEP,
  step: 1,
  action: 'dcta',
  reason: 'below-threshold',
  indicator: 0.1,
  accCompared: 0.1,
  gammaRaw: 2,
  gamma: 1.5,
  restMs: 3,
  parts: ['probe', 'reuse'],
}
const part = (flops: number): ReportFacts['arithmetic']['probe'] => ({ products: [], attentionFlops: flops })

type Shown = {
  readonly policy: unknown
  readonly mode: string
  readonly totals: unknown
  readonly why: string
  readonly entries: readonly unknown[]
}

const report = (
  policy: StepCachePolicy,
  entries: readonly BranchStep[],
  facts: Partial<ReportFacts> = {},
): Shown =>
  stepReport({
    model: 'tiny',
    policy,
    shadow: false,
    depth: 1,
    sampler: 'euler',
    scheduler: 'simple',
    steps: 10,
    cfg: 1,
    branches: ['cond'],
    entries,
    wallMs: 100,
    bytesMoved: 7,
    cacheBytes: 9,
    arithmetic: { embed: part(0), probe: part(1), deep: part(9), reuse: part(0) },
    ...facts,
  }) as unknown as Shown

const DICACHE = policyOf({ profile: 'flux', steps: 10, threshold: 0.2 })

describe('a report', () => {
  it('counts steps, and compares measured with ideal time', () => {
    const { totals, entries } = report(DICACHE, [STEP, REUSED])
    expect(totals).toMatchObject({
      evaluations: 2,
      computed: 1,
      reused: 1,
      wouldReuse: 1,
      stepRatio: 2,
      msPerFullStep: 20,
      msPerReusedStep: 5,
      msPerProbe: 2,
      msPerReuse: 3,
      estimatedSpeedup: 1.6,
      flopIdealSpeedup: 1.818,
      efficiency: 0.88,
      probeShare: 0.16,
      gammaClippedShare: 1,
    })
    expect(entries[1]).toMatchObject({ decision: 'dcta', gammaRaw: 2, gamma: 1.5, extra: { indicator: 0.1 } })
  })

  it('counts only the arithmetic of the parts that ran', () => {
    const nothing: BranchStep = { ...REUSED, action: 'zero-order', parts: [], probeMs: 0, restMs: 0 }
    const easycache = { kind: 'easycache', threshold: 0.2, startSigma: 1, endSigma: 0 } as const
    const { totals } = report(easycache, [STEP, nothing])
    expect(totals).toMatchObject({ flopIdealSpeedup: 2, estimatedSpeedup: 2 })
  })

  it('counts the embedding of every evaluation, whether it is answered or computed', () => {
    const arithmetic = { embed: part(2), probe: part(1), deep: part(9), reuse: part(1) }
    const { totals } = report(DICACHE, [STEP, REUSED], { arithmetic })
    expect(totals).toMatchObject({ flopIdealSpeedup: 1.5 })
  })

  it('of a shadow run counts everything as computed, and says what would have been', () => {
    const tried: BranchStep = {
      ...REUSED,
      restMs: 18,
      parts: ['probe', 'deep'],
      shadow: { reuseMs: 3, error: 0.01 },
    }
    const { totals, mode, why, entries } = report(DICACHE, [STEP, tried], { shadow: true })
    expect(totals).toMatchObject({ computed: 2, reused: 0, wouldReuse: 1, stepRatio: 1, msPerReuse: 3 })
    expect([mode, why]).toEqual(['shadow', expect.stringMatching(/1 of 2 evaluations would have been/)])
    expect(entries[1]).toMatchObject({ decision: 'dcta', extra: { reuseMs: 3, reuseError: 0.01 } })
  })

  it('is JSON: no infinities, no NaN', () => {
    const { policy, entries } = report(DICACHE, [{ ...REUSED, gammaRaw: Number.NaN }])
    expect(policy).toMatchObject({ maxConsecutive: null, windows: [], gammaClip: [1, 1.5] })
    expect(entries[0]).toMatchObject({ gammaRaw: 'NaN' })
  })
})

describe('why', () => {
  const why = (policy: StepCachePolicy, entries: readonly BranchStep[]): unknown =>
    report(policy, entries).why
  const refreshed: BranchStep = { ...STEP, action: 'refreshed', reason: 'above-threshold', indicator: 0.5 }

  it.each<[RegExp, StepCachePolicy, readonly BranchStep[]]>([
    [/off/, NO_CACHE, [STEP]],
    [/1 of 2 evaluations/, DICACHE, [STEP, REUSED]],
    [/threshold is 0/, { ...DICACHE, threshold: 0 }, [STEP, refreshed]],
    [/all 10 steps are warm-up/, DICACHE, [STEP, { ...STEP, reason: 'no-anchor' }]],
    [/smallest change was 0.500, above the threshold 0.2/, DICACHE, [STEP, refreshed]],
    [
      /schedule/,
      { kind: 'interval', every: 1, warmupSteps: 0, forceLast: false },
      [STEP, { ...refreshed, reason: 'schedule' }],
    ],
    [/measured them/, { kind: 'magcache-calibration' }, [STEP]],
  ])('%s', (expected, policy, entries) => {
    expect(why(policy, entries)).toMatch(expected)
  })
})
