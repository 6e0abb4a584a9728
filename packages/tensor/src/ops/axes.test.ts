import { describe, expect, it } from 'vitest'
import { floatTensor } from '../tensor.ts'
import { axisView, fitBatch, flipAlong, full, pasteInto, sliceAlong, swapAxes, takeAlong } from './axes.ts'

/** 2 × 3 × 2: 0 … 11. */
const box = floatTensor(
  [2, 3, 2],
  Float32Array.from({ length: 12 }, (_, n) => n),
)

describe('axes', () => {
  it('sees a tensor around an axis', () => {
    expect([0, 1, 2].map((axis) => Object.values(axisView(box, axis)))).toEqual([
      [1, 2, 6],
      [2, 3, 2],
      [6, 2, 1],
    ])
    expect(() => axisView(box, 3)).toThrow('has no axis 3')
  })

  it('takes entries in any order', () => {
    expect(takeAlong(box, 1, [2, 0])).toEqual(
      floatTensor([2, 2, 2], Float32Array.of(4, 5, 0, 1, 10, 11, 6, 7)),
    )
    expect(takeAlong(box, 2, [1, 1, 1]).data.slice(0, 6)).toEqual(Float32Array.of(1, 1, 1, 3, 3, 3))
    const wide = floatTensor(
      [2, 20],
      Float32Array.from({ length: 40 }, (_, n) => n),
    )
    expect(takeAlong(wide, 0, [1, 0]).data[0]).toBe(20)
    for (const bad of [-1, 3, 0.5]) expect(() => takeAlong(box, 1, [bad])).toThrow(`no entry ${bad}`)
  })

  it('slices as Python does, also beyond the ends', () => {
    expect([...sliceAlong(box, 1, 1, 9).data]).toEqual([2, 3, 4, 5, 8, 9, 10, 11])
    expect(sliceAlong(box, 1, 5, 9).shape).toEqual([2, 0, 2])
    expect(sliceAlong(box, 1, 2, 1).shape).toEqual([2, 0, 2])
    expect(sliceAlong(box, 0, -4, 1).shape).toEqual([1, 3, 2])
  })

  it('flips and swaps', () => {
    expect([...flipAlong(box, 2).data]).toEqual([1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10])
    expect(swapAxes(box, 1)).toEqual(
      floatTensor([2, 2, 3], Float32Array.of(0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11)),
    )
    expect(swapAxes(swapAxes(box, 0), 0)).toEqual(box)
  })

  it('pastes a box anywhere it fits', () => {
    const target = full([2, 3, 3], -1)
    pasteInto(target, floatTensor([1, 2, 2], Float32Array.of(1, 2, 3, 4)), [1, 1, 1])
    expect([...target.data.subarray(9)]).toEqual([-1, -1, -1, -1, 1, 2, -1, 3, 4])
    expect(new Set(target.data.subarray(0, 9))).toEqual(new Set([-1]))
    pasteInto(target, floatTensor([0, 2, 2]), [2, 1, 1])
    for (const at of [
      [1, 2, 1],
      [0, 0, -1],
      [0, 0],
    ])
      expect(() => pasteInto(target, full([1, 2, 2], 0), at)).toThrow('does not fit into')
  })

  it('fits batches by cutting and repeating', () => {
    const rows = floatTensor([3, 1], Float32Array.of(1, 2, 3))
    expect([...fitBatch(rows, 7).data]).toEqual([1, 2, 3, 1, 2, 3, 1])
    expect([...fitBatch(rows, 2).data]).toEqual([1, 2])
    expect(fitBatch(rows, 3)).toBe(rows)
    expect(() => fitBatch(floatTensor([0, 1]), 1)).toThrow('cannot be repeated')
  })
})
