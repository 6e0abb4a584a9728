import { expect, it } from 'vitest'
import { createSmallGraph } from '../testing/small-graph.ts'
import { firstRows, rowOfEach } from './pick.ts'

it('takes as many rows as an input is long', () => {
  const { g, x, ops } = createSmallGraph()
  x(['B', 'L'])
  expect(firstRows(g, x([77, 8]), 'L')).toMatchObject({ shape: ['L', 8] })
  expect(ops()).toEqual(['Shape', 'Slice'])
  expect(() => firstRows(g, x([77, 8]), 'M')).toThrow(/^dimValue: no input has an axis named M$/)
})

it('takes one row of each sample', () => {
  const { g, x, last } = createSmallGraph()
  expect(rowOfEach(g, x(['B', 'L', 8]), x(['B'], 'int64'))).toMatchObject({ shape: ['B', 8] })
  expect(last()).toEqual({ op: 'GatherND', attributes: { batch_dims: 1 } })
})

it('refuses indices of another type, rank or number', () => {
  const { g, x } = createSmallGraph()
  const tokens = x(['B', 'L', 8])
  for (const index of [x(['B']), x(['B', 1], 'int64'), x(['N'], 'int64')]) {
    expect(() => rowOfEach(g, tokens, index)).toThrow(/^GatherND: .* picks no rows of/)
  }
})
