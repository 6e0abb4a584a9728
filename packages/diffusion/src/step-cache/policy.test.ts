import { describe, expect, it } from 'vitest'
import { policyOf } from './policy.ts'

describe('a profile is what the released script of its family sets', () => {
  it.each([
    [
      'flux',
      30,
      'delta_y',
      { threshold: 0.4, warmupSteps: 7, forceLast: true, reuseWhen: 'less', gammaClip: [1, 1.5] },
    ],
    ['flux', 28, 'delta_y', { threshold: 0.4, warmupSteps: 6 }],
    ['flux', 30, 'delta_minus', { threshold: 0.08, warmupSteps: 1, forceLast: true }],
    [
      'hunyuan',
      50,
      'delta_y',
      { threshold: 0.1, warmupSteps: 10, forceLast: false, reuseWhen: 'less-or-equal', gammaClip: [1, 1.5] },
    ],
    [
      'wan',
      50,
      'delta_y',
      { threshold: 0.08, warmupSteps: 10, forceLast: false, reuseWhen: 'less', gammaClip: [1, 2] },
    ],
    ['wan', 28, 'delta_y', { warmupSteps: 5 }],
  ] as const)('%s, %i steps, %s', (profile, steps, indicator, expected) => {
    expect(policyOf({ profile, steps, indicator })).toMatchObject({ indicator, ...expected })
  })

  it('with the reference’s semantics, both anchors and no limit to reuse', () => {
    expect(policyOf({ profile: 'flux', steps: 30 })).toMatchObject({
      kind: 'dicache',
      indicator: 'delta_y',
      alignment: 'dcta',
      semantics: 'reference',
      batch: 'mean',
      maxConsecutive: Number.POSITIVE_INFINITY,
    })
  })
})

describe('a choice', () => {
  it('goes before the profile', () => {
    const choice = {
      threshold: 0,
      forceLast: false,
      reuseWhen: 'less-or-equal',
      gammaClip: [0.5, 3],
      alignment: 'zero-order',
      semantics: 'official',
      batch: 'max',
      maxConsecutive: 4,
    } as const
    expect(policyOf({ profile: 'flux', steps: 30, ...choice })).toMatchObject(choice)
  })

  it('gives the warm-up in whole steps, or as a share below 1 that the family rounds in its own way', () => {
    const warmup = (profile: 'flux' | 'wan', value: number): number =>
      policyOf({ profile, steps: 30, warmup: value }).warmupSteps
    expect(warmup('wan', 3)).toBe(3)
    expect(warmup('wan', 1)).toBe(1)
    expect(warmup('flux', 4.9)).toBe(4)
    expect(warmup('wan', 0.5)).toBe(15)
    expect(warmup('flux', 0.5)).toBe(16)
    expect(warmup('wan', 0)).toBe(0)
  })

  it('of the other indicator brings that indicator’s threshold and warm-up', () => {
    const policy = policyOf({ profile: 'flux', steps: 50, indicator: 'delta_minus' })
    expect([policy.threshold, policy.warmupSteps]).toEqual([0.08, 1])
  })
})
