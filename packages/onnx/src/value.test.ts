import { describe, expect, it } from 'vitest'
import { broadcast, bytesPerElement, type Dim, dimAt, fixedDimAt, GraphError, type Value } from './value.ts'

const value = (...shape: readonly Dim[]): Value => ({ name: 'x', type: 'float32', shape })

describe('broadcast', () => {
  it.each<[readonly Dim[], readonly Dim[], readonly Dim[]]>([
    [['B', 'L', 8], [8], ['B', 'L', 8]],
    [
      ['B', 1, 8],
      ['B', 'L', 1],
      ['B', 'L', 8],
    ],
    [[1], ['B', 'L'], ['B', 'L']],
    [
      [3, 1],
      [1, 4],
      [3, 4],
    ],
    [[], [2], [2]],
  ])('%j and %j give %j', (a, b, expected) => {
    expect(broadcast('Add', value(...a), value(...b))).toEqual(expected)
    expect(broadcast('Add', value(...b), value(...a))).toEqual(expected)
  })

  it.each<[readonly Dim[], readonly Dim[]]>([
    [[2], [3]],
    [['B'], ['L']],
    [['B'], [4]],
    [
      ['B', 'L', 8],
      ['B', 8],
    ],
  ])('%j and %j do not fit', (a, b) => {
    expect(() => broadcast('Add', value(...a), value(...b))).toThrow(/^Add: .* do not broadcast$/)
  })
})

describe('an extent', () => {
  it('is counted from either end', () => {
    expect([dimAt('Op', value('B', 3), 0), dimAt('Op', value('B', 3), -1)]).toEqual(['B', 3])
    expect(fixedDimAt('Op', value('B', 3), -1)).toBe(3)
  })

  it('that is not there, or has to be a number, is an error that names the operator', () => {
    expect(() => dimAt('Op', value('B'), 1)).toThrow(/^Op: x \[B\] has no axis 1$/)
    expect(() => fixedDimAt('Op', value('B'), 0)).toThrow(/^Op: axis 0 of x must be a number, not B$/)
  })
})

it('errors have a code', () => {
  expect(new GraphError('Op', 'why')).toMatchObject({
    code: 'BAD_GRAPH',
    message: 'Op: why',
    name: 'GraphError',
  })
})

it('knows how long elements are', () => {
  expect(
    (
      [
        'float64',
        'int64',
        'float32',
        'int32',
        'float16',
        'bfloat16',
        'float8e4m3fn',
        'float8e5m2',
        'uint8',
        'bool',
      ] as const
    ).map(bytesPerElement),
  ).toEqual([8, 8, 4, 4, 2, 2, 1, 1, 1, 1])
})
