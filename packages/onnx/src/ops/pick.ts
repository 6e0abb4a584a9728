/** Operators that pick parts whose place or number is only known when the graph runs. */
import type { GraphBuilder } from '../graph-builder.ts'
import { type Dim, dimAt, GraphError, showShape, type Value } from '../value.ts'
import { one } from './elementwise.ts'
import { dimValue, unsqueeze } from './shape.ts'

/** The first `count` rows of x [N, …], where `count` is an extent of a graph input → [count, …]. */
export function firstRows(g: GraphBuilder, x: Value, count: Dim): Value {
  const zero = g.constant('int64', [1], [0])
  return one(g, {
    op: 'Slice',
    inputs: [x, zero, dimValue(g, count), zero],
    outputs: [{ type: x.type, shape: [count, ...x.shape.slice(1)] }],
  })
}

/** One row of each sample: x [B, L, …] at index int64 [B] → [B, …]. */
export function rowOfEach(g: GraphBuilder, x: Value, index: Value): Value {
  if (
    index.type !== 'int64' ||
    index.shape.length !== 1 ||
    dimAt('GatherND', index, 0) !== dimAt('GatherND', x, 0)
  ) {
    throw new GraphError(
      'GatherND',
      `${index.type} ${showShape(index.shape)} picks no rows of ${showShape(x.shape)}`,
    )
  }
  return one(g, {
    op: 'GatherND',
    inputs: [x, unsqueeze(g, index, [1])],
    attributes: { batch_dims: 1 },
    outputs: [{ type: x.type, shape: [dimAt('GatherND', x, 0), ...x.shape.slice(2)] }],
  })
}
