import { describe, expect, it } from 'vitest'
import { floatTensor } from '../tensor.ts'
import { mapValues, mixByMask, zipValues } from './combine.ts'
import { type Border, convolveAlong, spread } from './filter.ts'

const row = floatTensor([1, 4], Float32Array.of(1, 2, 3, 4))

describe('convolveAlong', () => {
  it.each<[Border, number[]]>([
    ['zero', [2, 3, 4, 0]],
    ['edge', [2, 3, 4, 4]],
    ['reflect', [2, 3, 4, 3]],
  ])('%s lies beyond the end', (border, wanted) => {
    expect([...convolveAlong(row, 1, { kernel: [0, 0, 1], border }).data]).toEqual(wanted)
  })

  it('weighs neighbours along one axis only, and reflects as often as needed', () => {
    const plane = floatTensor([2, 2], Float32Array.of(1, 2, 10, 20))
    const kernel = [0.25, 0.5, 0.25]
    expect([...convolveAlong(plane, 1, { kernel, border: 'reflect' }).data]).toEqual([1.5, 1.5, 15, 15])
    expect([...convolveAlong(plane, 0, { kernel, border: 'edge' }).data]).toEqual([3.25, 6.5, 7.75, 15.5])
    const far = { kernel: [1, ...Array.from({ length: 14 }, () => 0)], border: 'reflect' } as const
    // Seven to the left of 1, 2, 3, 4 with a period of six.
    expect([...convolveAlong(row, 1, far).data]).toEqual([2, 1, 2, 3])
    expect(() => convolveAlong(row, 1, { kernel: [1, 1], border: 'edge' })).toThrow('no middle')
  })
})

it('spreads the largest and the smallest', () => {
  const dot = floatTensor([1, 3, 3], Float32Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0))
  expect([...spread(dot, { largest: true, corners: false }).data]).toEqual([0, 1, 0, 1, 1, 1, 0, 1, 0])
  expect([...spread(dot, { largest: true, corners: true }).data]).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1])
  expect([...spread(dot, { largest: false, corners: false }).data]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0])
})

describe('combine', () => {
  it('maps, zips and mixes', () => {
    expect([...mapValues(row, (value) => value * 2).data]).toEqual([2, 4, 6, 8])
    expect([...zipValues(row, row, (a, b) => a - 2 * b).data]).toEqual([-1, -2, -3, -4])
    const pixels = floatTensor([1, 2, 2], Float32Array.of(0, 0, 0, 0))
    const above = floatTensor([1, 2, 2], Float32Array.of(1, 2, 3, 4))
    const mask = floatTensor([1, 2], Float32Array.of(1, 0.25))
    expect([...mixByMask(pixels, above, mask).data]).toEqual([1, 2, 0.75, 1])
    expect([...mixByMask(pixels, above, above).data]).toEqual([1, 4, 9, 16])
  })

  it('refuses shapes that do not fit', () => {
    const other = floatTensor([4])
    expect(() => zipValues(row, other, () => 0)).toThrow('differ')
    expect(() => mixByMask(row, row, floatTensor([3]))).toThrow('does not fit')
  })
})
