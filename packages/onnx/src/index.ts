export type {
  Attribute,
  Attributes,
  ExternalBytes,
  GraphBuilder,
  GraphOptions,
  GraphSummary,
  NodeSpec,
} from './graph-builder.ts'
export { createGraph, OPSET } from './graph-builder.ts'
export type { AttentionOptions } from './ops/attention.ts'
export { attention, rotary } from './ops/attention.ts'
export {
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
} from './ops/elementwise.ts'
export type { ConvOptions } from './ops/image.ts'
export { conv, upsampleNearest } from './ops/image.ts'
export { flatten, gemm, linear, matmul } from './ops/linear.ts'
export { groupNorm, layerNorm, rmsNorm } from './ops/normalization.ts'
export { firstRows, rowOfEach } from './ops/pick.ts'
export { mean, meanAbs, softmax, sumAbs } from './ops/reduce.ts'
export {
  concat,
  dimValue,
  gather,
  reshape,
  slice,
  split,
  splitNamed,
  transpose,
  unsqueeze,
} from './ops/shape.ts'
export type { Dim, ElementType, Value } from './value.ts'
export { broadcast, bytesPerElement, dimAt, fixedDimAt, GraphError, showShape } from './value.ts'
