import { describe, expect, it } from 'vitest'
import { createSmallGraph } from '../testing/small-graph.ts'
import { GraphError } from '../value.ts'
import {
  add,
  binary,
  cast,
  compare,
  div,
  gelu,
  logical,
  mul,
  one,
  sigmoidGate,
  sub,
  unary,
  where,
} from './elementwise.ts'

describe('two operands', () => {
  it('broadcast into one result of their type', () => {
    const { g, x, ops } = createSmallGraph()
    const [a, b] = [x(['B', 'L', 8], 'float16'), x([8], 'float16')]
    for (const op of [add, sub, mul, div])
      expect(op(g, a, b)).toMatchObject({ type: 'float16', shape: ['B', 'L', 8] })
    binary(g, 'Max', a, b)
    expect(ops()).toEqual(['Add', 'Sub', 'Mul', 'Div', 'Max'])
  })

  it('of two types, or of shapes that do not fit, are refused', () => {
    const { g, x } = createSmallGraph()
    expect(() => add(g, x([1]), x([1], 'float16'))).toThrow(/^Add: x0 is float32, x1 is float16$/)
    expect(() => mul(g, x([2]), x([3]))).toThrow(/^Mul: .*do not broadcast/)
    expect(() => compare(g, 'Less', x([1]), x([1], 'int64'))).toThrow(/^Less: /)
    expect(() => compare(g, 'Less', x([2]), x([3]))).toThrow(GraphError)
    expect(() => logical(g, 'And', x([2], 'bool'), x([3], 'bool'))).toThrow(/^And: /)
  })

  it('compare to booleans', () => {
    const { g, x } = createSmallGraph()
    expect(compare(g, 'GreaterOrEqual', x(['B', 1]), x([3]))).toMatchObject({ type: 'bool', shape: ['B', 3] })
  })
})

describe('where', () => {
  it('broadcasts the condition too', () => {
    const { g, x } = createSmallGraph()
    const y = where(g, x(['B', 1, 1], 'bool'), x(['B', 'L', 8]), x([8]))
    expect(y).toMatchObject({ type: 'float32', shape: ['B', 'L', 8] })
  })

  it('takes a boolean condition only, and choices that fit each other', () => {
    const { g, x } = createSmallGraph()
    expect(() => where(g, x([1]), x([1]), x([1]))).toThrow(/^Where: x0 is float32, not bool$/)
    expect(() => where(g, x([1], 'bool'), x([2]), x([3]))).toThrow(/^Where: /)
    expect(() => where(g, x([4], 'bool'), x([2]), x([2]))).toThrow(/^Where: /)
  })
})

describe('cast', () => {
  it('names ONNX’s number of the type', () => {
    const { g, x, last } = createSmallGraph()
    for (const [type, to] of [
      ['float16', 10],
      ['bfloat16', 16],
      ['float8e4m3fn', 17],
      ['float64', 11],
      ['int64', 7],
    ] as const) {
      expect(cast(g, x(['B']), type)).toMatchObject({ type, shape: ['B'] })
      expect(last()).toEqual({ op: 'Cast', attributes: { to } })
    }
  })

  it('to its own type is the value itself', () => {
    const { g, x, ops } = createSmallGraph()
    const value = x(['B'])
    expect(cast(g, value, 'float32')).toBe(value)
    expect(ops()).toEqual([])
  })
})

it('keeps type and shape through functions of one operand', () => {
  const { g, x, last } = createSmallGraph()
  const value = x(['B', 4], 'float16')
  for (const op of ['Abs', 'Cos', 'Sin', 'Tanh'] as const)
    expect(unary(g, op, value)).toMatchObject({
      ...value,
      name: `${op}.${['Abs', 'Cos', 'Sin', 'Tanh'].indexOf(op)}`,
    })
  expect(gelu(g, value, 'tanh')).toMatchObject({ type: 'float16', shape: ['B', 4] })
  expect(last()).toEqual({ op: 'Gelu', attributes: { approximate: 'tanh' } })
  expect(sigmoidGate(g, value, 1.5)).toMatchObject({ type: 'float16', shape: ['B', 4] })
  expect(last()).toEqual({ op: 'QuickGelu', attributes: { alpha: 1.5 } })
  sigmoidGate(g, value)
  expect(last().attributes).toEqual({ alpha: 1 })
})

it('refuses a node without a result', () => {
  const { g } = createSmallGraph()
  expect(() => one(g, { op: 'Nothing', inputs: [], outputs: [] })).toThrow(/^Nothing: /)
})
