/** Elementwise operators with numpy broadcasting. */
import type { GraphBuilder } from '../graph-builder.ts'
import { broadcast, type ElementType, GraphError, type Value } from '../value.ts'

type Binary = 'Add' | 'Sub' | 'Mul' | 'Div' | 'Min' | 'Max'
type Unary = 'Abs' | 'Cos' | 'Sin' | 'Sigmoid' | 'Sqrt' | 'Tanh' | 'Exp' | 'Not'

/** One node named `op` of a fixed arity, its single result as the shape rule says. */
export function one(g: GraphBuilder, spec: Parameters<GraphBuilder['node']>[0]): Value {
  const [value] = g.node(spec)
  if (value === undefined) throw new GraphError(spec.op, 'a node without a result')
  return value
}

export function binary(g: GraphBuilder, op: Binary, a: Value, b: Value): Value {
  if (a.type !== b.type) throw new GraphError(op, `${a.name} is ${a.type}, ${b.name} is ${b.type}`)
  return one(g, { op, inputs: [a, b], outputs: [{ type: a.type, shape: broadcast(op, a, b) }] })
}

export function unary(g: GraphBuilder, op: Unary, x: Value): Value {
  return one(g, { op, inputs: [x], outputs: [{ type: x.type, shape: x.shape }] })
}

export const add = (g: GraphBuilder, a: Value, b: Value): Value => binary(g, 'Add', a, b)
export const sub = (g: GraphBuilder, a: Value, b: Value): Value => binary(g, 'Sub', a, b)
export const mul = (g: GraphBuilder, a: Value, b: Value): Value => binary(g, 'Mul', a, b)
export const div = (g: GraphBuilder, a: Value, b: Value): Value => binary(g, 'Div', a, b)

/** `a op b` as booleans. */
export function compare(
  g: GraphBuilder,
  op: 'Less' | 'LessOrEqual' | 'Greater' | 'GreaterOrEqual',
  a: Value,
  b: Value,
): Value {
  if (a.type !== b.type) throw new GraphError(op, `${a.name} is ${a.type}, ${b.name} is ${b.type}`)
  return one(g, { op, inputs: [a, b], outputs: [{ type: 'bool', shape: broadcast(op, a, b) }] })
}

export function logical(g: GraphBuilder, op: 'And' | 'Or', a: Value, b: Value): Value {
  return one(g, { op, inputs: [a, b], outputs: [{ type: 'bool', shape: broadcast(op, a, b) }] })
}

/** `condition ? a : b`, broadcast over all three. */
export function where(g: GraphBuilder, condition: Value, a: Value, b: Value): Value {
  if (condition.type !== 'bool')
    throw new GraphError('Where', `${condition.name} is ${condition.type}, not bool`)
  const both = { ...a, shape: broadcast('Where', a, b) }
  return one(g, {
    op: 'Where',
    inputs: [condition, a, b],
    outputs: [{ type: a.type, shape: broadcast('Where', condition, both) }],
  })
}

/** A cast, or the value itself when it has the type already. */
export function cast(g: GraphBuilder, x: Value, type: ElementType): Value {
  if (x.type === type) return x
  const attributes = { to: CAST_TO[type] }
  return one(g, { op: 'Cast', inputs: [x], attributes, outputs: [{ type, shape: x.shape }] })
}

const CAST_TO: Readonly<Record<ElementType, number>> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  bfloat16: 16,
  float8e4m3fn: 17,
  float8e5m2: 19,
}

/** x · sigmoid(αx): SiLU for α = 1, CLIP's quick GELU for α = 1.702. One contrib kernel on CPU and CUDA. */
export function sigmoidGate(g: GraphBuilder, x: Value, alpha = 1): Value {
  return one(g, {
    op: 'QuickGelu',
    domain: 'com.microsoft',
    inputs: [x],
    attributes: { alpha: { float: alpha } },
    outputs: [{ type: x.type, shape: x.shape }],
  })
}

/** GELU, exact (erf) or in its tanh form. */
export function gelu(g: GraphBuilder, x: Value, approximate: 'none' | 'tanh'): Value {
  return one(g, {
    op: 'Gelu',
    inputs: [x],
    attributes: { approximate },
    outputs: [{ type: x.type, shape: x.shape }],
  })
}
