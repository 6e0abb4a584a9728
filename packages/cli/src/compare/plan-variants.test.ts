import { describe, expect, it } from 'vitest'
import type { CompareNodes } from './find-nodes.ts'
import { listOf, planVariants, uncachedPlan } from './plan-variants.ts'

const nodes: CompareNodes = {
  picture: { nodeId: '7', slot: 0 },
  caches: ['5', '9'],
  probes: ['5'],
  samplers: ['6'],
}
const none = { thresholds: [], steps: [], policies: [], variants: [] }

describe('planVariants', () => {
  it('switches every cache of the workflow, to each threshold', () => {
    expect(planVariants({ ...none, thresholds: ['0.1', '0.25'] }, nodes)).toEqual([
      {
        label: 'δ 0.1',
        settings: ['5.enabled=true', '5.threshold=0.1', '9.enabled=true', '9.threshold=0.1'],
      },
      {
        label: 'δ 0.25',
        settings: ['5.enabled=true', '5.threshold=0.25', '9.enabled=true', '9.threshold=0.25'],
      },
    ])
  })

  it('switches every cache off for the uncached run and for fewer steps', () => {
    const off = ['5.enabled=false', '9.enabled=false']
    expect(uncachedPlan(nodes).settings).toEqual(off)
    expect(planVariants({ ...none, steps: ['10'] }, nodes)).toEqual([
      { label: '10 steps', name: 'fewer steps: 10', series: 'fewer steps', settings: [...off, '6.steps=10'] },
    ])
  })

  it('takes settings of one’s own', () => {
    expect(planVariants({ ...none, variants: ['deep probe: 5.probe_depth=3; 6.seed=1 '] }, nodes)).toEqual([
      {
        label: 'deep probe',
        name: 'deep probe',
        series: 'deep probe',
        settings: ['5.probe_depth=3', '6.seed=1'],
      },
    ])
    expect(planVariants({ ...none, variants: ['deep, δ 0.1: 5.probe_depth=3'] }, nodes)).toMatchObject([
      { label: 'δ 0.1', name: 'deep, δ 0.1', series: 'deep' },
    ])
  })

  it('puts another policy in the place of the workflow’s', () => {
    expect(planVariants({ ...none, policies: ['Other: k=2; mode=a=b', 'Other'] }, nodes)).toEqual([
      {
        label: 'k 2, mode a=b',
        settings: [],
        probe: {
          type: 'Other',
          settings: [
            ['k', '2'],
            ['mode', 'a=b'],
          ],
        },
      },
      { label: 'defaults', settings: [], probe: { type: 'Other', settings: [] } },
    ])
  })

  it('makes one line of the thresholds of a policy with the same other settings', () => {
    const policies = ['Other: threshold=0.1; k=2', 'Other: k=2; threshold=0.2', 'Other: threshold=0.3']
    const planned = planVariants({ ...none, policies }, nodes)
    expect(planned.map(({ label, under }) => [label, under])).toEqual([
      ['δ 0.1', 'k 2'],
      ['δ 0.2', 'k 2'],
      ['δ 0.3', undefined],
    ])
  })

  it.each([
    [{ ...none, thresholds: ['a lot'] }, '--thresholds takes numbers'],
    [{ ...none, steps: ['-1'] }, '--steps takes numbers'],
    [{ ...none, variants: ['5.probe_depth=3'] }, 'is no variant'],
    [{ ...none, variants: [': 5.probe_depth=3'] }, 'is no variant'],
    [{ ...none, variants: ['deep:;'] }, 'is no variant'],
    [{ ...none, policies: ['Other: k'] }, 'is no policy'],
    [{ ...none, policies: [': k=2'] }, 'is no policy'],
    [none, 'nothing to compare'],
  ])('refuses words that name no run: %j', (words, message) => {
    expect(() => planVariants(words, nodes)).toThrow(message)
  })

  it('says what is missing in a workflow without a cache or a sampler', () => {
    const bare = { ...nodes, caches: [], probes: [], samplers: [] }
    expect(() => planVariants({ ...none, thresholds: ['0.1'] }, bare)).toThrow('no node with a step cache')
    expect(() => planVariants({ ...none, steps: ['10'] }, bare)).toThrow('no node with a number of steps')
    expect(() => planVariants({ ...none, policies: ['Other'] }, bare)).toThrow('makes a PROBE')
  })

  it('reads lists with spaces and empty places', () => {
    expect(listOf(' 0.1, 0.2 ,,')).toEqual(['0.1', '0.2'])
  })
})
