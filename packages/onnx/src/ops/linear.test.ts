import { describe, expect, it } from 'vitest'
import { createSmallGraph } from '../testing/small-graph.ts'
import { flatten, gemm, linear, matmul } from './linear.ts'

describe('gemm', () => {
  it('takes weights as [out, in], and a bias a row or none', () => {
    const { g, x, last } = createSmallGraph()
    expect(gemm(g, x(['B·L', 8]), x([3, 8]))).toMatchObject({ type: 'float32', shape: ['B·L', 3] })
    expect(last()).toEqual({ op: 'Gemm', attributes: { transB: 1 } })
    expect(gemm(g, x(['B', 8]), x([3, 8]), x([3]))).toMatchObject({ shape: ['B', 3] })
    expect(gemm(g, x(['B', 8]), x([3, 8]), x(['B', 3]))).toMatchObject({ shape: ['B', 3] })
  })

  it('refuses what does not fit', () => {
    const { g, x } = createSmallGraph()
    expect(() => gemm(g, x(['B', 8]), x([3, 9]))).toThrow(
      /^Gemm: x0 \[B, 8\] does not fit weight x1 \[3, 9\]$/,
    )
    expect(() => gemm(g, x(['B', 'L', 8]), x([3, 8]))).toThrow(/^Gemm: /)
    expect(() => gemm(g, x(['B', 8]), x(['N', 8]))).toThrow(/^Gemm: .*must be a number/)
    expect(() => gemm(g, x(['B', 8]), x([3, 8]), x([4]))).toThrow(/^Gemm: bias .* does not fit 3 outputs$/)
  })
})

describe('linear', () => {
  it('flattens the leading axes around one product, and brings them back', () => {
    const { g, x, ops } = createSmallGraph()
    expect(linear(g, x(['B', 'L', 8]), x([3, 8]), x([3]))).toMatchObject({ shape: ['B', 'L', 3] })
    expect(ops().filter((op) => op === 'Reshape' || op === 'Gemm')).toEqual(['Reshape', 'Gemm', 'Reshape'])
    const before = ops().length
    linear(g, x(['B', 'L', 8]), x([3, 8]))
    expect(ops().slice(before)).toEqual(['Reshape', 'Gemm', 'Reshape'])
  })

  it('of a matrix is the product alone', () => {
    const { g, x, ops } = createSmallGraph()
    expect(linear(g, x(['B', 8]), x([3, 8]))).toMatchObject({ shape: ['B', 3] })
    expect(ops()).toEqual(['Gemm'])
  })
})

describe('flatten', () => {
  it('joins all axes but the last', () => {
    const { g, x } = createSmallGraph()
    expect(flatten(g, x(['B', 'L', 8])).shape).toEqual(['B·L', 8])
    expect(flatten(g, x([2, 3, 8])).shape).toEqual([6, 8])
    const flat = x(['N', 8])
    expect(flatten(g, flat)).toBe(flat)
  })

  it('needs to know the last axis', () => {
    const { g, x } = createSmallGraph()
    expect(() => flatten(g, x(['B', 'L', 'C']))).toThrow(/^flatten: /)
  })
})

describe('matmul', () => {
  it('multiplies the last two axes, either turned on the way in', () => {
    const { g, x, last } = createSmallGraph()
    expect(matmul(g, x(['B', 'M', 4]), x(['B', 4, 'N']))).toMatchObject({ shape: ['B', 'M', 'N'] })
    expect(last()).toEqual({ op: 'FusedMatMul', attributes: { transA: 0, transB: 0, alpha: 1 } })
    expect(
      matmul(g, x([4, 'M']), x(['B', 'N', 4]), { transA: true, transB: true, alpha: 0.5 }),
    ).toMatchObject({
      shape: ['B', 'M', 'N'],
    })
    expect(last().attributes).toEqual({ transA: 1, transB: 1, alpha: 0.5 })
  })

  it('refuses extents that do not meet', () => {
    const { g, x } = createSmallGraph()
    expect(() => matmul(g, x(['B', 'M', 4]), x(['B', 5, 'N']))).toThrow(/^MatMul: .* do not multiply$/)
    expect(() => matmul(g, x(['M', 4]), x([4, 'N']), { transB: true })).toThrow(/^MatMul: /)
    expect(() => matmul(g, x([4]), x([4, 'N']))).toThrow(/^MatMul: .*no axis -2/)
  })
})
