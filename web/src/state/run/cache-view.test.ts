/** What the charts of the step cache are made of. */
import { parseJson } from '@dicache/protocol'
import type { JsonObject, JsonValue } from '@dicache/protocol'
import { describe, expect, it } from 'vitest'
import { cacheView, curves } from './cache-view.ts'
import type { CacheView } from './cache-view.ts'
import { newRun } from './run-view.ts'

type Entry = readonly [step: number, branch: string, indicator: number | null]

function viewOf(entries: readonly Entry[], policy: JsonValue = {}): CacheView {
  const list = entries.map(([step, branch, indicator]) => ({ step, branch, indicator, decision: 'reused' }))
  const report = parseJson(JSON.stringify({ entries: list, policy, totals: {} })) as JsonObject
  const view = cacheView({ ...newRun('r'), reports: new Map([['6', report]]) }, '6')
  if (view === undefined) throw new Error('no view')
  return view
}
const both = (a: number, b: number): readonly Entry[] => [
  [0, 'cond', a],
  [0, 'uncond', b],
  [1, 'cond', a + 1],
  [1, 'uncond', b + 1],
]

describe('curves', () => {
  it('are one for each branch that decides for itself, also where the values are the same', () => {
    for (const other of [5, 1]) {
      const { steps, curves: list } = curves(viewOf(both(1, other), { cfg: 'independent' }), ['indicator'])
      expect(steps).toEqual([0, 1])
      expect(list).toEqual([
        { branch: 'cond', measure: 'indicator', values: [1, 2] },
        { branch: 'uncond', measure: 'indicator', values: [other, other + 1] },
      ])
    }
  })

  it('are one for all where branches decide together', () => {
    const { curves: list } = curves(viewOf(both(1, 1), { cfg: 'joint' }), ['indicator', 'gamma'])
    expect(list.map(({ branch, measure }) => [branch, measure])).toEqual([
      [undefined, 'indicator'],
      [undefined, 'gamma'],
    ])
  })

  it('stay apart where they differ all the same, as γ does when the first branch decides', () => {
    expect(curves(viewOf(both(1, 3), { cfg: 'cond-decides' }), ['indicator']).curves).toHaveLength(2)
  })

  it('hold every evaluation of a sampler that makes two in a step, and gaps where a branch has none', () => {
    const view = viewOf([
      [0, 'cond', 1],
      [0, 'cond', 2],
      [1, 'cond', 3],
      [0, 'uncond', 9],
    ])
    expect(curves(view, ['indicator'])).toEqual({
      steps: [0, 0, 1],
      curves: [
        { branch: 'cond', measure: 'indicator', values: [1, 2, 3] },
        { branch: 'uncond', measure: 'indicator', values: [9, null, null] },
      ],
    })
  })

  it('of nothing are nothing', () => {
    expect(curves(viewOf([]), ['ms'])).toEqual({ steps: [], curves: [] })
  })
})

it('a scope that is none is not known', () => {
  expect(viewOf([], { cfg: 'evil' }).scope).toBeUndefined()
  expect(viewOf([], { cfg: 'joint' }).scope).toBe('joint')
})
