/** Attention and rotary position embedding as single contrib kernels. */
import type { GraphBuilder } from '../graph-builder.ts'
import { dimAt, fixedDimAt, GraphError, showShape, type Value } from '../value.ts'
import { one } from './elementwise.ts'

export type AttentionOptions = {
  readonly heads: number
  /** Factor of the scores. @defaultValue 1/√(channels a head) */
  readonly scale?: number
  /** Added to the scores: [B or 1, heads or 1, Lq, Lk]. */
  readonly bias?: Value
  readonly causal?: boolean
}

/** softmax(q kᵀ · scale + bias) v for q [B, Lq, heads·d], k and v [B, Lk, heads·d] → [B, Lq, heads·d]. */
export function attention(
  g: GraphBuilder,
  qkv: { readonly q: Value; readonly k: Value; readonly v: Value },
  options: AttentionOptions,
): Value {
  const { q, k, v } = qkv
  if (fixedDimAt('MultiHeadAttention', q, -1) % options.heads !== 0) {
    throw new GraphError('MultiHeadAttention', `${showShape(q.shape)} has no ${options.heads} heads`)
  }
  if (dimAt('MultiHeadAttention', k, 1) !== dimAt('MultiHeadAttention', v, 1)) {
    throw new GraphError(
      'MultiHeadAttention',
      `keys ${showShape(k.shape)} and values ${showShape(v.shape)} differ in length`,
    )
  }
  const scale = options.scale === undefined ? {} : { scale: { float: options.scale } }
  return one(g, {
    op: 'MultiHeadAttention',
    domain: 'com.microsoft',
    inputs: options.bias === undefined ? [q, k, v] : [q, k, v, undefined, undefined, options.bias],
    attributes: { num_heads: options.heads, ...scale, ...(options.causal ? { unidirectional: 1 } : {}) },
    outputs: [{ type: q.type, shape: [...q.shape.slice(0, -1), fixedDimAt('MultiHeadAttention', v, -1)] }],
  })
}

/**
 * Rotates neighbouring channel pairs (0,1)(2,3)… of each head of x [B, L, heads·d]; cos and sin are [L, d/2].
 */
export function rotary(
  g: GraphBuilder,
  x: Value,
  tables: { readonly cos: Value; readonly sin: Value },
  heads: number,
): Value {
  const perHead = fixedDimAt('RotaryEmbedding', x, -1) / heads
  if (fixedDimAt('RotaryEmbedding', tables.cos, -1) * 2 !== perHead) {
    throw new GraphError(
      'RotaryEmbedding',
      `tables ${showShape(tables.cos.shape)} do not fit heads of ${perHead}`,
    )
  }
  const start = g.constant('int64', [1], [0])
  return one(g, {
    op: 'RotaryEmbedding',
    domain: 'com.microsoft',
    inputs: [x, start, tables.cos, tables.sin],
    attributes: { interleaved: 1, num_heads: heads },
    outputs: [{ type: x.type, shape: x.shape }],
  })
}
