import { expect, it } from 'vitest'
import { createSmallGraph } from '../testing/small-graph.ts'
import { mean, meanAbs, softmax } from './reduce.ts'

it('takes means over axes that stay, or go', () => {
  const { g, x, last } = createSmallGraph()
  expect(mean(g, x(['B', 'L', 8]), [1])).toMatchObject({ shape: ['B', 1, 8] })
  expect(last()).toEqual({ op: 'ReduceMean', attributes: { keepdims: 1 } })
  expect(mean(g, x(['B', 'L', 8]), [1, 2], false)).toMatchObject({ shape: ['B'] })
  expect(last().attributes).toEqual({ keepdims: 0 })
})

it('takes mean|x| a sample of any rank', () => {
  const { g, x, ops } = createSmallGraph()
  expect(meanAbs(g, x(['B', 'L', 8]))).toMatchObject({ shape: ['B'] })
  expect(meanAbs(g, x(['B', 8]))).toMatchObject({ shape: ['B'] })
  expect(ops()).toEqual(['Abs', 'ReduceMean', 'Abs', 'ReduceMean'])
})

it('takes softmax over the last axis', () => {
  const { g, x, last } = createSmallGraph()
  expect(softmax(g, x(['B', 8]))).toMatchObject({ shape: ['B', 8] })
  expect(last()).toEqual({ op: 'Softmax', attributes: { axis: -1 } })
})
