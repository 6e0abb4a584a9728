import { describe, expect, it } from 'vitest'
import { createSmallGraph, type SmallGraph } from '../testing/small-graph.ts'
import type { Dim, Value } from '../value.ts'
import { attention, rotary } from './attention.ts'

const qkv = (
  { x }: SmallGraph,
  q: readonly Dim[],
  k: readonly Dim[],
  v: readonly Dim[],
): { q: Value; k: Value; v: Value } => ({
  q: x(q),
  k: x(k),
  v: x(v),
})

describe('attention', () => {
  it('keeps the queries’ length and takes the values’ width', () => {
    const small = createSmallGraph()
    const y = attention(small.g, qkv(small, ['B', 'Q', 8], ['B', 'K', 8], ['B', 'K', 12]), { heads: 4 })
    expect(y).toMatchObject({ type: 'float32', shape: ['B', 'Q', 12] })
    expect(small.last()).toEqual({ op: 'MultiHeadAttention', attributes: { num_heads: 4 } })
  })

  it('says scale, direction and bias only where they are asked for', () => {
    const small = createSmallGraph()
    const bias = small.x([1, 2, 'L', 'L'])
    attention(small.g, qkv(small, ['B', 'L', 8], ['B', 'L', 8], ['B', 'L', 8]), {
      heads: 2,
      scale: 0.5,
      causal: true,
      bias,
    })
    expect(small.last().attributes).toEqual({ num_heads: 2, scale: 0.5, unidirectional: 1 })
    expect(small.g.summary().nodes.at(-1)?.inputs).toHaveLength(4)
  })

  it('refuses heads that do not divide the width, and keys without their values', () => {
    const small = createSmallGraph()
    const same: readonly Dim[] = ['B', 'L', 8]
    expect(() => attention(small.g, qkv(small, same, same, same), { heads: 3 })).toThrow(/has no 3 heads$/)
    expect(() => attention(small.g, qkv(small, same, same, ['B', 'M', 8]), { heads: 2 })).toThrow(
      /differ in length$/,
    )
  })
})

describe('rotary', () => {
  it('turns neighbouring pairs of each head', () => {
    const { g, x, last } = createSmallGraph()
    const tables = { cos: x(['L', 4]), sin: x(['L', 4]) }
    expect(rotary(g, x(['B', 'L', 16]), tables, 2)).toMatchObject({ shape: ['B', 'L', 16] })
    expect(last()).toEqual({ op: 'RotaryEmbedding', attributes: { interleaved: 1, num_heads: 2 } })
  })

  it('refuses tables of another head', () => {
    const { g, x } = createSmallGraph()
    const tables = { cos: x(['L', 8]), sin: x(['L', 8]) }
    expect(() => rotary(g, x(['B', 'L', 16]), tables, 2)).toThrow(
      /^RotaryEmbedding: .*do not fit heads of 8$/,
    )
  })
})
