import { describe, expect, it } from 'vitest'
import { probeValue } from '../nodes/probe-params.ts'
import { type RivalName, rivalProbe, type RivalSettings } from '../nodes/rival-probe.ts'
import { choosePolicy } from './choose-policy.ts'
import type { PolicyRun } from './policy-run.ts'
import type { ModelValue, ProbeValue } from './values.ts'

/** Only what a policy reads of a model. */
const model = {
  name: 'tiny',
  transformer: { family: 'flux', blocks: 6, doubleBlocks: 4, sampling: { kind: 'flux', shift: 1.15 } },
} as unknown as ModelValue

const RUN: PolicyRun = { steps: 20, branches: 2, stochastic: false, evaluationsPerStep: 1 }

const DICACHE = {
  enabled: true,
  preset: 'auto',
  threshold: 0.2,
  start: 0.2,
  force_last: true,
  probe_depth: 1,
  indicator: 'delta_y',
  alignment: 'dcta',
  gamma_min: 1,
  gamma_max: 1.5,
  max_consecutive: 0,
  batch_policy: 'mean',
  semantics: 'reference',
  mode: 'on',
  cfg_policy: 'auto',
  windows: '',
} as const

const RIVAL: RivalSettings = {
  enabled: true,
  policy: 'interval',
  threshold: 0.1,
  start: 1,
  force_last: true,
  every: 3,
  max_consecutive: 0,
  probe_depth: 2,
  order: 2,
  feature: 'hidden',
  start_percent: 0.15,
  end_percent: 0.95,
  coefficients: '',
  ratios: '',
  mode: 'on',
}

const choose = (probe: ProbeValue, run: Partial<PolicyRun> = {}): ReturnType<typeof choosePolicy> =>
  choosePolicy(model, probe, { ...RUN, ...run })
const rival = (policy: RivalName, changes: Partial<RivalSettings> = {}): ProbeValue =>
  rivalProbe({ ...RIVAL, ...changes, policy })

describe('DiCache’s settings', () => {
  it('take the family’s profile, whose warm-up is one step longer for FLUX', () => {
    expect(choose(probeValue(DICACHE))).toMatchObject({
      policy: { kind: 'dicache', threshold: 0.2, warmupSteps: 5, cfg: 'independent', windows: [] },
      depth: 1,
      shadow: false,
      staleProbe: false,
      warnings: [],
    })
  })

  it('may name the profile, the branches’ decision and windows', () => {
    const settings = { ...DICACHE, preset: 'hunyuan', windows: '2-6, 50%-100%', max_consecutive: 4 } as const
    expect(choose(probeValue(settings)).policy).toMatchObject({
      cfg: 'joint',
      reuseWhen: 'less-or-equal',
      maxConsecutive: 4,
      windows: [
        [2, 6],
        [10, 20],
      ],
    })
    const alone = probeValue({ ...settings, cfg_policy: 'cond-decides' })
    expect(choose(alone).policy).toMatchObject({ cfg: 'cond-decides' })
    expect(() => probeValue({ ...DICACHE, windows: 'all' })).toThrow(/is no range of steps/)
  })

  it('keep the released stale probe where it is to be as released, and the probe is deep', () => {
    const official = { ...DICACHE, semantics: 'official', preset: 'wan' } as const
    const stale = (probe_depth: number): boolean =>
      choose(probeValue({ ...official, probe_depth })).staleProbe
    expect([stale(2), stale(3)]).toEqual([false, true])
    expect(choose(probeValue({ ...DICACHE, probe_depth: 3 })).staleProbe).toBe(false)
    expect(choose(probeValue(official), { steps: 28 }).policy).toMatchObject({ warmupCalls: 11 })
  })

  it('are off, or only told, as the mode says', () => {
    expect(choose(probeValue({ ...DICACHE, mode: 'off' })).policy).toEqual({ kind: 'none' })
    expect(choose(probeValue({ ...DICACHE, enabled: false, mode: 'shadow' })).policy).toEqual({
      kind: 'none',
    })
    expect(choose(probeValue({ ...DICACHE, mode: 'shadow' })).shadow).toBe(true)
  })

  it('are refused for a probe that leaves nothing to skip', () => {
    expect(() => choose(probeValue({ ...DICACHE, probe_depth: 6 }))).toThrow(/has 6 blocks; use 1 to 5/)
    expect(() => choose(rival('fbcache', { probe_depth: 6 }))).toThrow(/has 6 blocks/)
  })
})

describe('the other caches’ settings', () => {
  it.each<[RivalName, Partial<RivalSettings>, Readonly<Record<string, unknown>>]>([
    ['interval', { start: 0.2 }, { kind: 'interval', every: 3, warmupSteps: 4, forceLast: true }],
    ['fbcache', {}, { kind: 'fbcache', threshold: 0.1, maxConsecutive: Number.POSITIVE_INFINITY }],
    ['taylorseer', { start: 3 }, { kind: 'taylorseer', every: 3, order: 2, of: 'hidden', warmupSteps: 3 }],
    [
      'teacache',
      { coefficients: '[1.5, -2]' },
      { kind: 'teacache', coefficients: [1.5, -2], warmupSteps: 1 },
    ],
    ['magcache', { ratios: '1\n0.9 1.1', start: 4 }, { kind: 'magcache', retention: 0.2 }],
    ['magcache', {}, { kind: 'magcache-calibration' }],
  ])('%s', (policy, changes, expected) => {
    expect(choose(rival(policy, changes)).policy).toMatchObject(expected)
  })

  it('have published coefficients for TeaCache on FLUX', () => {
    expect(choose(rival('teacache')).policy).toMatchObject({
      coefficients: [498.651651, -283.781631, 55.8554382, -3.82021401, 0.264230861],
    })
  })

  it('turn EasyCache’s shares into noise levels of the model’s schedule', () => {
    const { policy } = choose(rival('easycache'))
    if (policy.kind !== 'easycache') throw new Error('another policy')
    expect(policy.startSigma).toBeCloseTo(0.9470799412459159, 12)
    expect(policy.endSigma).toBeCloseTo(0.14252935347939377, 12)
  })

  it('stretch MagCache’s ratios over the run’s evaluations', () => {
    const { policy } = choose(rival('magcache', { ratios: '1, 0.5' }), { steps: 2, evaluationsPerStep: 2 })
    expect(policy).toMatchObject({ ratios: [1, 1, 0.5, 0.5] })
  })

  it('cut the model after the first block for the first-block cache alone', () => {
    const depths = (['interval', 'teacache', 'fbcache', 'easycache', 'magcache', 'taylorseer'] as const).map(
      (policy) => choose(rival(policy)).depth,
    )
    expect(depths).toEqual([0, 0, 2, 0, 0, 0])
  })

  it('are refused when a list holds a word', () => {
    expect(() => rival('magcache', { ratios: '1, two' })).toThrow(/"two" is no number/)
  })
})

describe('whoever samples hears', () => {
  it('that few steps, or noise on the way, leave little to reuse', () => {
    expect(choose(rival('interval'), { steps: 8 }).warnings.join()).toMatch(/little in 8 steps/)
    expect(choose(rival('interval'), { stochastic: true }).warnings.join()).toMatch(/fresh noise/)
  })
})
