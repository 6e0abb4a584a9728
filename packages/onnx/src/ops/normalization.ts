/** Normalisations over the last axis (or over channel groups), each one node where both CPU and CUDA have a kernel. */
import type { GraphBuilder } from '../graph-builder.ts'
import { broadcast, type Dim, dimAt, fixedDimAt, GraphError, showShape, type Value } from '../value.ts'
import { add, mul, one } from './elementwise.ts'
import { reshape } from './shape.ts'

/**
 * Layer norm over the last axis of x [B, L, C]. `scale` and `bias` are [C], or [B, 1, C] for adaptive (modulated) norms:
 * ONNX Runtime broadcasts them in the same kernel.
 */
export function layerNorm(
  g: GraphBuilder,
  x: Value,
  { scale, bias }: { readonly scale: Value; readonly bias?: Value },
  epsilon: number,
): Value {
  if (broadcast('LayerNormalization', x, scale).some((dim, n) => dim !== x.shape.at(n))) {
    throw new GraphError(
      'LayerNormalization',
      `scale ${showShape(scale.shape)} does not fit ${showShape(x.shape)}`,
    )
  }
  return one(g, {
    op: 'LayerNormalization',
    inputs: bias === undefined ? [x, scale] : [x, scale, bias],
    attributes: { axis: -1, epsilon: { float: epsilon } },
    outputs: [{ type: x.type, shape: x.shape }],
  })
}

/** x · rsqrt(mean(x²) + ε) · scale over the last axis; scale [C]. */
export function rmsNorm(g: GraphBuilder, x: Value, scale: Value, epsilon: number): Value {
  if (dimAt('RMSNormalization', scale, 0) !== dimAt('RMSNormalization', x, -1)) {
    throw new GraphError(
      'RMSNormalization',
      `scale ${showShape(scale.shape)} does not fit ${showShape(x.shape)}`,
    )
  }
  return one(g, {
    op: 'RMSNormalization',
    inputs: [x, scale],
    attributes: { axis: -1, epsilon: { float: epsilon } },
    outputs: [{ type: x.type, shape: x.shape }],
  })
}

/**
 * Group norm of x [B, C, H, W] with `groups` groups, scale and bias [C]. Written with InstanceNormalization over [B, groups, C/groups·H·W],
 * because CPU has no GroupNormalization kernel.
 */
export function groupNorm(
  g: GraphBuilder,
  x: Value,
  weights: { readonly scale: Value; readonly bias: Value },
  options: { readonly groups: number; readonly epsilon: number },
): Value {
  const channels = fixedDimAt('groupNorm', x, 1)
  if (channels % options.groups !== 0)
    throw new GraphError('groupNorm', `${channels} channels do not form ${options.groups} groups`)
  const spatial = x.shape.slice(2)
  const inner: Dim = [channels / options.groups, ...spatial].join('·')
  const grouped = reshape(g, x, [dimAt('groupNorm', x, 0), options.groups, inner])
  const type = x.type === 'float16' ? 'float16' : 'float32'
  const ones = g.constant(type, [options.groups], new Float32Array(options.groups).fill(1))
  const zeros = g.constant(type, [options.groups], new Float32Array(options.groups))
  const normed = one(g, {
    op: 'InstanceNormalization',
    inputs: [grouped, ones, zeros],
    attributes: { epsilon: { float: options.epsilon } },
    outputs: [{ type: x.type, shape: grouped.shape }],
  })
  const perChannel = (value: Value): Value => reshape(g, value, [channels, ...spatial.map(() => 1)])
  return add(g, mul(g, reshape(g, normed, x.shape), perChannel(weights.scale)), perChannel(weights.bias))
}
