/** Reductions. */
import type { GraphBuilder } from '../graph-builder.ts'
import type { Value } from '../value.ts'
import { one, unary } from './elementwise.ts'

/** Mean over the given axes, which stay as extents of 1 unless dropped. */
export function mean(g: GraphBuilder, x: Value, axes: readonly number[], keep = true): Value {
  const shape = x.shape.flatMap((dim, n) => (axes.includes(n) ? (keep ? [1] : []) : [dim]))
  return one(g, {
    op: 'ReduceMean',
    inputs: [x, g.constant('int64', [axes.length], axes)],
    attributes: { keepdims: keep ? 1 : 0 },
    outputs: [{ type: x.type, shape }],
  })
}

/** mean|x| per sample of x [B, …] → [B]. */
export function meanAbs(g: GraphBuilder, x: Value): Value {
  return mean(
    g,
    unary(g, 'Abs', x),
    x.shape.slice(1).map((_, n) => n + 1),
    false,
  )
}

/** Σ|x| per sample of x [B, …] → [B]. Two nodes: ReduceL1 has no vectorised kernel on the CPU and takes longer than both. */
export function sumAbs(g: GraphBuilder, x: Value): Value {
  const axes = x.shape.slice(1).map((_, n) => n + 1)
  return one(g, {
    op: 'ReduceSum',
    inputs: [unary(g, 'Abs', x), g.constant('int64', [axes.length], axes)],
    attributes: { keepdims: 0 },
    outputs: [{ type: x.type, shape: x.shape.slice(0, 1) }],
  })
}

export function softmax(g: GraphBuilder, x: Value): Value {
  return one(g, {
    op: 'Softmax',
    inputs: [x],
    attributes: { axis: -1 },
    outputs: [{ type: x.type, shape: x.shape }],
  })
}
