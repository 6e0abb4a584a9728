import { floatTensor } from '@dicache/tensor'
import { describe, expect, it } from 'vitest'
import { compareVariants, comparisonJson } from './compare-variants.ts'
import { pictureOf, policyNameOf } from './read-run.ts'
import { sampleRuns } from './testing/sample-runs.ts'

const baseline = sampleRuns({ wallMs: [100, 200, 300] })

describe('compareVariants', () => {
  it('takes speed-ups round by round, and the median of them', () => {
    const { variants } = compareVariants(baseline, [sampleRuns({ wallMs: [50, 50, 100], computed: 3 })])
    expect(variants[0]).toMatchObject({ wallMs: 50, speedup: 3, stepRatio: 2, timePerStepSaved: 1.5 })
    expect(variants[0]?.efficiency).toBeCloseTo(3 / 1.8, 12)
  })

  it('counts steps and arithmetic of a run of fewer steps against the uncached run', () => {
    const totals = { evaluations: 3, computed: 3, stepRatio: 1, flopIdealSpeedup: 1 }
    const { variants } = compareVariants(baseline, [
      sampleRuns({ wallMs: [50, 100, 150], report: { totals } }),
    ])
    expect(variants[0]).toMatchObject({ speedup: 2, stepRatio: 2, flopIdealSpeedup: 2, efficiency: 1 })
  })

  it('leaves out what a report does not say', () => {
    const { variants } = compareVariants(baseline, [sampleRuns({ report: {} })])
    expect(variants[0]).toMatchObject({
      stepRatio: undefined,
      flopIdealSpeedup: undefined,
      efficiency: undefined,
    })
  })

  it('refuses a setting that was timed in other rounds', () => {
    expect(() => compareVariants(baseline, [sampleRuns({ wallMs: [1] })])).toThrow('timed in 1 rounds')
  })

  it('writes an infinite PSNR as a word, and no pictures', () => {
    const text = JSON.stringify(comparisonJson(compareVariants(baseline, [sampleRuns()])))
    expect(text).toContain('"psnr":"Infinity"')
    expect(text).not.toContain('"picture"')
  })
})

describe('what a run gave', () => {
  it('is a picture only with four extents and all of its values', () => {
    const picture = floatTensor([1, 2, 2, 3])
    expect(pictureOf(picture)).toEqual(picture)
    for (const other of [undefined, {}, floatTensor([2, 2, 3]), { ...picture, data: new Float32Array(1) }])
      expect(() => pictureOf(other)).toThrow('no picture')
  })

  it('is called by its policy', () => {
    expect(policyNameOf(sampleRuns().report)).toBe('DiCache')
  })
})
