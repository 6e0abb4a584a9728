import { fromBinary } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { encodeModel } from '../encode-model.ts'
import { ModelProtoSchema } from '../generated/onnx_pb.js'
import type { GraphBuilder } from '../graph-builder.ts'
import { createSmallGraph } from '../testing/small-graph.ts'
import { concat, dimValue, gather, reshape, slice, split, splitNamed, transpose, unsqueeze } from './shape.ts'

/** Numbers of the only int64 constant. */
function vectorOf(g: GraphBuilder): readonly number[] {
  const [first] = fromBinary(ModelProtoSchema, encodeModel(g.model())).graph?.initializer ?? []
  return Array.from(new BigInt64Array(Uint8Array.from(first?.rawData ?? []).buffer), Number)
}

describe('an extent as a value', () => {
  it('is read off the input that has it, once', () => {
    const { g, x, last, ops } = createSmallGraph()
    x(['B', 8])
    x(['B', 'L'])
    const length = dimValue(g, 'L')
    expect(length).toMatchObject({ type: 'int64', shape: [1] })
    expect(last()).toEqual({ op: 'Shape', attributes: { start: 1, end: 2 } })
    expect(dimValue(g, 'L')).toBe(length)
    expect(ops()).toEqual(['Shape'])
  })

  it('may be a sum, a product or a whole quotient', () => {
    const { g, x, ops } = createSmallGraph()
    x(['T', 'L'])
    dimValue(g, 'T+L')
    dimValue(g, '2·L')
    dimValue(g, 'L/2')
    expect(ops()).toEqual(['Shape', 'Shape', 'Add', 'Mul', 'Div'])
  })

  it('of no input is an error', () => {
    const { g, x } = createSmallGraph()
    x(['B'])
    expect(() => dimValue(g, 'L')).toThrow(/^dimValue: no input has an axis named L$/)
  })
})

describe('reshape', () => {
  it('costs no shape arithmetic where names keep their place or one is inferred', () => {
    const { g, x, ops } = createSmallGraph()
    expect(reshape(g, x(['B', 'L', 8]), ['B', 'L', 2, 4])).toMatchObject({ shape: ['B', 'L', 2, 4] })
    expect(vectorOf(g)).toEqual([0, 0, 2, 4])
    reshape(g, x(['B·L', 8]), ['B', 'L', 8])
    expect(ops()).toContain('Concat')
  })

  it('infers one extent that moved', () => {
    const { g, x, ops } = createSmallGraph()
    reshape(g, x(['B', 'L', 8]), ['B·L', 8])
    expect(vectorOf(g)).toEqual([-1, 8])
    expect(ops()).toEqual(['Reshape'])
  })

  it('refuses other elements', () => {
    const { g, x } = createSmallGraph()
    expect(() => reshape(g, x(['B', 8]), ['B', 9])).toThrow(
      /^Reshape: x0 \[B, 8\] does not hold the elements of \[B, 9\]$/,
    )
    expect(() => reshape(g, x(['B', 'L', 8]), ['B', 8])).toThrow(/^Reshape: /)
    expect(() => reshape(g, x(['B', 8]), ['L', 8])).toThrow(/^Reshape: /)
  })
})

describe('transpose', () => {
  it('orders axes', () => {
    const { g, x, last } = createSmallGraph()
    expect(transpose(g, x(['B', 'L', 8]), [0, 2, 1])).toMatchObject({ shape: ['B', 8, 'L'] })
    expect(last()).toEqual({ op: 'Transpose', attributes: { perm: [0, 2, 1] } })
  })

  it('refuses what is no order of them', () => {
    const { g, x } = createSmallGraph()
    for (const perm of [[0, 0], [0, 2], [0], [0, 1, 2]]) {
      expect(() => transpose(g, x(['B', 8]), perm)).toThrow(
        /^Transpose: .* does not order the axes of \[B, 8\]$/,
      )
    }
  })
})

describe('concat', () => {
  it('adds extents, known or named, from either end', () => {
    const { g, x, last } = createSmallGraph()
    expect(concat(g, [x(['B', 'T', 8]), x(['B', 'L', 8])], 1)).toMatchObject({ shape: ['B', 'T+L', 8] })
    expect(concat(g, [x(['B', 3]), x(['B', 4]), x(['B', 1])], -1)).toMatchObject({ shape: ['B', 8] })
    expect(last()).toEqual({ op: 'Concat', attributes: { axis: 1 } })
  })

  it('of one value is that value', () => {
    const { g, x, ops } = createSmallGraph()
    const value = x(['B', 8])
    expect(concat(g, [value], 0)).toBe(value)
    expect(ops()).toEqual([])
  })

  it('refuses nothing, other types, ranks and extents', () => {
    const { g, x } = createSmallGraph()
    expect(() => concat(g, [], 0)).toThrow(/^Concat: nothing to join$/)
    for (const other of [x(['B', 8], 'float16'), x(['B']), x(['N', 8]), x(['B', 9])]) {
      const axis = other.shape[1] === 9 ? 0 : 1
      expect(() => concat(g, [x(['B', 8]), other], axis)).toThrow(/^Concat: .* does not join/)
    }
  })
})

describe('split', () => {
  it('cuts an axis into known parts', () => {
    const { g, x, last } = createSmallGraph()
    const parts = split(g, x(['B', 1, 8]), [3, 5], -1)
    expect(parts.map(({ shape }) => shape)).toEqual([
      ['B', 1, 3],
      ['B', 1, 5],
    ])
    expect(last()).toEqual({ op: 'Split', attributes: { axis: 2 } })
  })

  it('refuses parts that are not the whole', () => {
    const { g, x } = createSmallGraph()
    expect(() => split(g, x(['B', 8]), [3, 4], 1)).toThrow(/^Split: 3 \+ 4 is not axis 1 of \[B, 8\]$/)
    expect(() => split(g, x(['B', 8]), [3, 4], 0)).toThrow(/must be a number/)
  })

  it('cuts an axis into parts that inputs name', () => {
    const { g, x, last } = createSmallGraph()
    x(['B', 'T', 'L'])
    const parts = splitNamed(g, x(['B', 'T+L', 8]), ['T', 'L'], 1)
    expect(parts.map(({ shape }) => shape)).toEqual([
      ['B', 'T', 8],
      ['B', 'L', 8],
    ])
    expect(last()).toEqual({ op: 'Split', attributes: { axis: 1 } })
    expect(() => splitNamed(g, x(['B', 8]), ['M', 'N'], 1)).toThrow(/^dimValue: /)
  })
})

describe('slice', () => {
  it('takes a known range', () => {
    const { g, x } = createSmallGraph()
    expect(slice(g, x(['B', 8]), { axis: -1, start: 2, end: 5 })).toMatchObject({ shape: ['B', 3] })
  })

  it('refuses what is not inside', () => {
    const { g, x } = createSmallGraph()
    for (const [start, end] of [
      [-1, 2],
      [0, 9],
      [4, 4],
      [5, 3],
    ] as const) {
      expect(() => slice(g, x(['B', 8]), { axis: 1, start, end })).toThrow(/^Slice: .* is not inside axis 1/)
    }
    expect(() => slice(g, x(['B', 8]), { axis: 0, start: 0, end: 1 })).toThrow(/must be a number/)
  })
})

it('picks rows, of any axis', () => {
  const { g, x, last } = createSmallGraph()
  expect(gather(g, x([100, 8], 'bfloat16'), x(['B', 'L'], 'int32'))).toMatchObject({
    type: 'bfloat16',
    shape: ['B', 'L', 8],
  })
  expect(gather(g, x([4, 32]), x(['L', 'L'], 'int32'), 1)).toMatchObject({ shape: [4, 'L', 'L'] })
  expect(last()).toEqual({ op: 'Gather', attributes: { axis: 1 } })
})

it('adds axes of one', () => {
  const { g, x } = createSmallGraph()
  expect(unsqueeze(g, x(['B', 'L']), [1, 2])).toMatchObject({ shape: ['B', 1, 1, 'L'] })
})
