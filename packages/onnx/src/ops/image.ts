/** Convolution and nearest up-sampling over [B, C, H, W]. */
import type { GraphBuilder } from '../graph-builder.ts'
import { type Dim, fixedDimAt, GraphError, showShape, type Value } from '../value.ts'
import { one } from './elementwise.ts'

export type ConvOptions = {
  /** Output extents over input extents: 1, or 1/stride. */
  readonly stride?: number
  /** Zeros added [top, left, bottom, right]. @defaultValue [0, 0, 0, 0] */
  readonly pads?: readonly [number, number, number, number]
  /** The output's [H, W] names or numbers. */
  readonly spatial: readonly [Dim, Dim]
}

/** x [B, Cin, H, W] ⋆ w [Cout, Cin, kh, kw] + bias [Cout]. */
export function conv(
  g: GraphBuilder,
  x: Value,
  weights: { readonly w: Value; readonly bias?: Value },
  options: ConvOptions,
): Value {
  const { w, bias } = weights
  if (fixedDimAt('Conv', x, 1) !== fixedDimAt('Conv', w, 1)) {
    throw new GraphError(
      'Conv',
      `${x.name} ${showShape(x.shape)} does not fit weight ${w.name} ${showShape(w.shape)}`,
    )
  }
  const stride = options.stride ?? 1
  return one(g, {
    op: 'Conv',
    inputs: bias === undefined ? [x, w] : [x, w, bias],
    attributes: { strides: [stride, stride], pads: options.pads ?? [0, 0, 0, 0] },
    outputs: [{ type: x.type, shape: [x.shape.at(0) ?? 'B', fixedDimAt('Conv', w, 0), ...options.spatial] }],
  })
}

/** Each pixel becomes a 2 × 2 square. */
export function upsampleNearest(g: GraphBuilder, x: Value, spatial: readonly [Dim, Dim]): Value {
  return one(g, {
    op: 'Resize',
    inputs: [x, undefined, g.constant('float32', [4], [1, 1, 2, 2])],
    attributes: { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
    outputs: [{ type: x.type, shape: [x.shape.at(0) ?? 'B', fixedDimAt('Resize', x, 1), ...spatial] }],
  })
}
