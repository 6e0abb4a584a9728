import { expect, it } from 'vitest'
import { createSmallGraph } from '../testing/small-graph.ts'
import { conv, upsampleNearest } from './image.ts'

it('convolves with stride, border and bias', () => {
  const { g, x, last } = createSmallGraph()
  const image = x(['B', 4, 'H', 'W'])
  expect(
    conv(g, image, { w: x([6, 4, 3, 3]), bias: x([6]) }, { pads: [1, 1, 1, 1], spatial: ['H', 'W'] }),
  ).toMatchObject({
    shape: ['B', 6, 'H', 'W'],
  })
  expect(last()).toEqual({ op: 'Conv', attributes: { strides: [1, 1], pads: [1, 1, 1, 1] } })
  conv(g, image, { w: x([6, 4, 3, 3]) }, { stride: 2, spatial: ['H/2', 'W/2'] })
  expect(last().attributes).toEqual({ strides: [2, 2], pads: [0, 0, 0, 0] })
  expect(g.summary().nodes.at(-1)?.inputs).toHaveLength(2)
})

it('refuses a kernel of other channels', () => {
  const { g, x } = createSmallGraph()
  expect(() => conv(g, x(['B', 4, 'H', 'W']), { w: x([6, 5, 3, 3]) }, { spatial: ['H', 'W'] })).toThrow(
    /^Conv: .*does not fit weight/,
  )
  expect(() => conv(g, x(['B', 'C', 'H', 'W']), { w: x([6, 5, 3, 3]) }, { spatial: ['H', 'W'] })).toThrow(
    /must be a number/,
  )
})

it('repeats pixels', () => {
  const { g, x, last } = createSmallGraph()
  expect(upsampleNearest(g, x(['B', 4, 'H', 'W']), ['2·H', '2·W'])).toMatchObject({
    shape: ['B', 4, '2·H', '2·W'],
  })
  expect(last()).toMatchObject({ op: 'Resize', attributes: { mode: 'nearest' } })
  expect(() => upsampleNearest(g, x(['B', 'C', 'H', 'W']), [1, 1])).toThrow(/^Resize: /)
})
