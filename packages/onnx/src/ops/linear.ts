/** Matrix products. Weights keep the [out, in] layout that checkpoints have. */
import type { GraphBuilder } from '../graph-builder.ts'
import { type Dim, dimAt, fixedDimAt, GraphError, showShape, type Value } from '../value.ts'
import { one } from './elementwise.ts'
import { reshape } from './shape.ts'

/** x · wᵀ + bias for x [M, in], w [out, in], bias [out] or [M, out] → [M, out]. */
export function gemm(g: GraphBuilder, x: Value, w: Value, bias?: Value): Value {
  const out = fixedDimAt('Gemm', w, 0)
  if (x.shape.length !== 2 || dimAt('Gemm', x, 1) !== dimAt('Gemm', w, 1)) {
    throw new GraphError(
      'Gemm',
      `${x.name} ${showShape(x.shape)} does not fit weight ${w.name} ${showShape(w.shape)}`,
    )
  }
  if (bias !== undefined && bias.shape.at(-1) !== out) {
    throw new GraphError('Gemm', `bias ${bias.name} ${showShape(bias.shape)} does not fit ${out} outputs`)
  }
  const inputs = bias === undefined ? [x, w] : [x, w, bias]
  return one(g, {
    op: 'Gemm',
    inputs,
    attributes: { transB: 1 },
    outputs: [{ type: x.type, shape: [dimAt('Gemm', x, 0), out] }],
  })
}

/** The linear layer of any rank: the leading axes of x [..., in] are flattened around one Gemm → [..., out]. */
export function linear(g: GraphBuilder, x: Value, w: Value, bias?: Value): Value {
  if (x.shape.length === 2) return gemm(g, x, w, bias)
  const leading = x.shape.slice(0, -1)
  return reshape(g, gemm(g, flatten(g, x), w, bias), [...leading, fixedDimAt('linear', w, 0)])
}

/** [..., C] → [rows, C]. */
export function flatten(g: GraphBuilder, x: Value): Value {
  return x.shape.length === 2
    ? x
    : reshape(g, x, [productOf(x.shape.slice(0, -1)), fixedDimAt('flatten', x, -1)])
}

/** Batched matrix product of a [..., M, K] and b [..., K, N], operands transposed on the way in, scaled by `alpha`. */
export function matmul(
  g: GraphBuilder,
  a: Value,
  b: Value,
  options: { readonly transA?: boolean; readonly transB?: boolean; readonly alpha?: number } = {},
): Value {
  const m = dimAt('MatMul', a, options.transA ? -1 : -2)
  const k = dimAt('MatMul', a, options.transA ? -2 : -1)
  const n = dimAt('MatMul', b, options.transB ? -2 : -1)
  if (dimAt('MatMul', b, options.transB ? -1 : -2) !== k) {
    throw new GraphError('MatMul', `${showShape(a.shape)} and ${showShape(b.shape)} do not multiply`)
  }
  const batch = a.shape.length >= b.shape.length ? a.shape.slice(0, -2) : b.shape.slice(0, -2)
  return one(g, {
    op: 'FusedMatMul',
    domain: 'com.microsoft',
    inputs: [a, b],
    attributes: {
      transA: options.transA ? 1 : 0,
      transB: options.transB ? 1 : 0,
      alpha: { float: options.alpha ?? 1 },
    },
    outputs: [{ type: a.type, shape: [...batch, m, n] }],
  })
}

function productOf(dims: readonly Dim[]): Dim {
  return dims.every((dim) => typeof dim === 'number')
    ? dims.reduce<number>((p, d) => p * Number(d), 1)
    : dims.join('·')
}
