import { describe, expect, it } from 'vitest'
import type { CompareNodes } from './find-nodes.ts'
import { listOf, planVariants, uncachedPlan } from './plan-variants.ts'

const nodes: CompareNodes = { picture: { nodeId: '7', slot: 0 }, caches: ['5', '9'], samplers: ['6'] }
const none = { thresholds: [], steps: [], variants: [] }

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
      { label: 'deep probe', name: 'deep probe', settings: ['5.probe_depth=3', '6.seed=1'] },
    ])
  })

  it.each([
    [{ ...none, thresholds: ['a lot'] }, '--thresholds takes numbers'],
    [{ ...none, steps: ['-1'] }, '--steps takes numbers'],
    [{ ...none, variants: ['5.probe_depth=3'] }, 'is no variant'],
    [{ ...none, variants: [': 5.probe_depth=3'] }, 'is no variant'],
    [{ ...none, variants: ['deep:;'] }, 'is no variant'],
    [none, 'nothing to compare'],
  ])('refuses words that name no run: %j', (words, message) => {
    expect(() => planVariants(words, nodes)).toThrow(message)
  })

  it('says what is missing in a workflow without a cache or a sampler', () => {
    const bare = { ...nodes, caches: [], samplers: [] }
    expect(() => planVariants({ ...none, thresholds: ['0.1'] }, bare)).toThrow('no node with a step cache')
    expect(() => planVariants({ ...none, steps: ['10'] }, bare)).toThrow('no node with a number of steps')
  })

  it('reads lists with spaces and empty places', () => {
    expect(listOf(' 0.1, 0.2 ,,')).toEqual(['0.1', '0.2'])
  })
})
