/** Named, typed, shaped values of a graph under construction, and the element types that ONNX knows. */
import type { TensorProto_DataType } from './generated/onnx_pb.js'

/** Element types of graph values, with the names ONNX Runtime's documentation uses. */
export type ElementType =
  | 'float32'
  | 'float16'
  | 'bfloat16'
  | 'float8e4m3fn'
  | 'float8e5m2'
  | 'float64'
  | 'int64'
  | 'int32'
  | 'uint8'
  | 'bool'

/** An extent: a number, or the name of one that is only known when the graph runs (`B`, `L` …). */
export type Dim = number | string

/** A value in a graph: what a node reads and writes. */
export type Value = {
  readonly name: string
  readonly type: ElementType
  readonly shape: readonly Dim[]
}

/** The numbers of ONNX's `TensorProto.DataType`; the schema itself is loaded when a model is written. */
const PROTO_TYPES: Readonly<Record<ElementType, TensorProto_DataType>> = {
  float32: 1,
  float16: 10,
  bfloat16: 16,
  float8e4m3fn: 17,
  float8e5m2: 19,
  float64: 11,
  int64: 7,
  int32: 6,
  uint8: 2,
  bool: 9,
}

const BYTES: Readonly<Record<ElementType, number>> = {
  float32: 4,
  float16: 2,
  bfloat16: 2,
  float8e4m3fn: 1,
  float8e5m2: 1,
  float64: 8,
  int64: 8,
  int32: 4,
  uint8: 1,
  bool: 1,
}

/** The number that `TensorProto.data_type` holds for a type. */
export function protoType(type: ElementType): TensorProto_DataType {
  return PROTO_TYPES[type]
}

/** Bytes of one element. */
export function bytesPerElement(type: ElementType): number {
  return BYTES[type]
}

/** A graph that cannot be: shapes or types that do not fit, found while building it. */
export class GraphError extends Error {
  readonly code = 'BAD_GRAPH'
  constructor(op: string, message: string) {
    super(`${op}: ${message}`)
    this.name = 'GraphError'
  }
}

/** A shape in words: `[B, 64, 256]`. */
export function showShape(shape: readonly Dim[]): string {
  return `[${shape.join(', ')}]`
}

/** The extent at an index, counted from the end when negative. */
export function dimAt(op: string, value: Value, index: number): Dim {
  const dim = value.shape.at(index)
  if (dim === undefined)
    throw new GraphError(op, `${value.name} ${showShape(value.shape)} has no axis ${index}`)
  return dim
}

/** The extent at an index when it must be a known number. */
export function fixedDimAt(op: string, value: Value, index: number): number {
  const dim = dimAt(op, value, index)
  if (typeof dim !== 'number')
    throw new GraphError(op, `axis ${index} of ${value.name} must be a number, not ${dim}`)
  return dim
}

/** The shape two operands broadcast to, by numpy's rule. A named extent fits only itself and 1. */
export function broadcast(op: string, a: Value, b: Value): readonly Dim[] {
  const rank = Math.max(a.shape.length, b.shape.length)
  return Array.from({ length: rank }, (_, index) => {
    const left = a.shape.at(index - rank) ?? 1
    const right = b.shape.at(index - rank) ?? 1
    const fromA = index - rank + a.shape.length >= 0 ? left : 1
    const fromB = index - rank + b.shape.length >= 0 ? right : 1
    if (fromA === fromB || fromB === 1) return fromA
    if (fromA === 1) return fromB
    throw new GraphError(op, `${showShape(a.shape)} and ${showShape(b.shape)} do not broadcast`)
  })
}
