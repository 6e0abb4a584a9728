/** Operators that move or rename axes. Named extents (`B`, `T+L`) are looked up in the graph's inputs when a node needs their number. */
import type { GraphBuilder } from '../graph-builder.ts'
import { type Dim, fixedDimAt, GraphError, showShape, type Value } from '../value.ts'
import { one } from './elementwise.ts'

/** The number behind an extent, as int64 [1]. `A+B` is a sum, `A·B` a product, `A/2` a whole quotient of named or
 * plain extents. */
export function dimValue(g: GraphBuilder, dim: Dim): Value {
  if (typeof dim === 'number') return g.constant('int64', [1], [dim])
  return g.share(`dim ${dim}`, () => {
    for (const [mark, op] of [
      ['·', 'Mul'],
      ['+', 'Add'],
      ['/', 'Div'],
    ] as const) {
      const cut = dim.lastIndexOf(mark)
      if (cut > 0) {
        const sides = [dim.slice(0, cut), dim.slice(cut + 1)].map((part) =>
          dimValue(g, isNumber(part) ? Number(part) : part),
        )
        return one(g, { op, inputs: sides, outputs: [{ type: 'int64', shape: [1] }] })
      }
    }
    for (const input of g.inputs) {
      const axis = input.shape.indexOf(dim)
      if (axis >= 0) {
        const attributes = { start: axis, end: axis + 1 }
        return one(g, { op: 'Shape', inputs: [input], attributes, outputs: [{ type: 'int64', shape: [1] }] })
      }
    }
    throw new GraphError('dimValue', `no input has an axis named ${dim}`)
  })
}

function isNumber(part: string): boolean {
  return /^\d+$/.test(part)
}

/** The same elements under another shape. Extents that keep name and place cost nothing; one other named extent is inferred. */
export function reshape(g: GraphBuilder, x: Value, shape: readonly Dim[]): Value {
  const target = shape.map((dim, axis) => (typeof dim === 'number' ? dim : dim === x.shape.at(axis) ? 0 : -1))
  const inferred = target.filter((dim) => dim === -1).length
  const spec = inferred <= 1 ? g.constant('int64', [shape.length], target) : shapeVector(g, shape)
  checkElements(x, shape)
  return one(g, { op: 'Reshape', inputs: [x, spec], outputs: [{ type: x.type, shape }] })
}

function shapeVector(g: GraphBuilder, shape: readonly Dim[]): Value {
  return g.share(`shape ${shape.join(',')}`, () =>
    one(g, {
      op: 'Concat',
      inputs: shape.map((dim) => dimValue(g, dim)),
      attributes: { axis: 0 },
      outputs: [{ type: 'int64', shape: [shape.length] }],
    }),
  )
}

function checkElements(x: Value, shape: readonly Dim[]): void {
  const factors = (dims: readonly Dim[]): string => {
    const parts = dims.flatMap((dim) => String(dim).split('·'))
    const names = parts.filter((part) => !isNumber(part)).sort()
    const product = parts.filter(isNumber).reduce((p, part) => p * Number(part), 1)
    return `${product} ${names.join('·')}`
  }
  if (factors(x.shape) !== factors(shape)) {
    throw new GraphError(
      'Reshape',
      `${x.name} ${showShape(x.shape)} does not hold the elements of ${showShape(shape)}`,
    )
  }
}

export function transpose(g: GraphBuilder, x: Value, perm: readonly number[]): Value {
  if (perm.toSorted((a, b) => a - b).some((axis, n) => axis !== n) || perm.length !== x.shape.length) {
    throw new GraphError('Transpose', `[${perm.join(', ')}] does not order the axes of ${showShape(x.shape)}`)
  }
  const shape = perm.map((axis) => x.shape.at(axis) ?? 0)
  return one(g, { op: 'Transpose', inputs: [x], attributes: { perm }, outputs: [{ type: x.type, shape }] })
}

export function concat(g: GraphBuilder, values: readonly Value[], axis: number): Value {
  const [first] = values
  if (first === undefined) throw new GraphError('Concat', 'nothing to join')
  const at = axis < 0 ? axis + first.shape.length : axis
  for (const value of values) {
    const fits = value.type === first.type && value.shape.length === first.shape.length
    if (!fits || value.shape.some((dim, n) => n !== at && dim !== first.shape.at(n))) {
      throw new GraphError(
        'Concat',
        `${showShape(value.shape)} does not join ${showShape(first.shape)} on axis ${axis}`,
      )
    }
  }
  if (values.length === 1) return first
  const extents = values.map((value) => value.shape.at(at) ?? 0)
  const joined = extents.every((dim) => typeof dim === 'number')
    ? extents.reduce((a, b) => a + b, 0)
    : extents.join('+')
  const shape = first.shape.map((dim, n) => (n === at ? joined : dim))
  return one(g, {
    op: 'Concat',
    inputs: values,
    attributes: { axis: at },
    outputs: [{ type: first.type, shape }],
  })
}

/** Cuts an axis into parts of the given sizes. */
export function split(g: GraphBuilder, x: Value, sizes: readonly number[], axis: number): readonly Value[] {
  const at = axis < 0 ? axis + x.shape.length : axis
  const total = sizes.reduce((a, b) => a + b, 0)
  if (fixedDimAt('Split', x, at) !== total) {
    throw new GraphError('Split', `${sizes.join(' + ')} is not axis ${axis} of ${showShape(x.shape)}`)
  }
  return g.node({
    op: 'Split',
    inputs: [x, g.constant('int64', [sizes.length], sizes)],
    attributes: { axis: at },
    outputs: sizes.map((size) => ({ type: x.type, shape: x.shape.map((dim, n) => (n === at ? size : dim)) })),
  })
}

/** Cuts an axis whose parts have named extents: x [..., T+L, ...] → [..., T, ...], [..., L, ...]. */
export function splitNamed(g: GraphBuilder, x: Value, parts: readonly Dim[], axis: number): readonly Value[] {
  const at = axis < 0 ? axis + x.shape.length : axis
  const sizes = one(g, {
    op: 'Concat',
    inputs: parts.map((dim) => dimValue(g, dim)),
    attributes: { axis: 0 },
    outputs: [{ type: 'int64', shape: [parts.length] }],
  })
  return g.node({
    op: 'Split',
    inputs: [x, g.share(`sizes ${parts.join(',')}`, () => sizes)],
    attributes: { axis: at },
    outputs: parts.map((part) => ({ type: x.type, shape: x.shape.map((dim, n) => (n === at ? part : dim)) })),
  })
}

/** x[start:end] on one axis, both known numbers. */
export function slice(
  g: GraphBuilder,
  x: Value,
  range: { readonly axis: number; readonly start: number; readonly end: number },
): Value {
  const at = range.axis < 0 ? range.axis + x.shape.length : range.axis
  const extent = fixedDimAt('Slice', x, at)
  if (range.start < 0 || range.end > extent || range.start >= range.end) {
    throw new GraphError(
      'Slice',
      `${range.start}..${range.end} is not inside axis ${at} of ${showShape(x.shape)}`,
    )
  }
  const vector = (n: number): Value => g.constant('int64', [1], [n])
  return one(g, {
    op: 'Slice',
    inputs: [x, vector(range.start), vector(range.end), vector(at)],
    outputs: [{ type: x.type, shape: x.shape.map((dim, n) => (n === at ? range.end - range.start : dim)) }],
  })
}

/** Rows of a table: table [V, C], ids [...] int64 or int32 → [..., C]. */
export function gather(g: GraphBuilder, table: Value, ids: Value, axis = 0): Value {
  const shape = [...table.shape.slice(0, axis), ...ids.shape, ...table.shape.slice(axis + 1)]
  return one(g, {
    op: 'Gather',
    inputs: [table, ids],
    attributes: { axis },
    outputs: [{ type: table.type, shape }],
  })
}

export function unsqueeze(g: GraphBuilder, x: Value, axes: readonly number[]): Value {
  const shape: Dim[] = [...x.shape]
  for (const axis of axes) shape.splice(axis, 0, 1)
  return one(g, {
    op: 'Unsqueeze',
    inputs: [x, g.constant('int64', [axes.length], axes)],
    outputs: [{ type: x.type, shape }],
  })
}
