/** A graph for tests of single operators. */
import { fromBinary } from '@bufbuild/protobuf'
import { encodeModel } from '../encode-model.ts'
import { ModelProtoSchema } from '../generated/onnx_pb.js'
import { createGraph, type GraphBuilder } from '../graph-builder.ts'
import type { Dim, ElementType, Value } from '../value.ts'

export type SmallGraph = {
  readonly g: GraphBuilder
  /** A new input of a shape. */
  readonly x: (shape: readonly Dim[], type?: ElementType) => Value
  /** The last node's operator, and its attributes by name: integers, floats, strings, lists of integers. */
  readonly last: () => { readonly op: string; readonly attributes: Readonly<Record<string, unknown>> }
  /** Operators in order. */
  readonly ops: () => readonly string[]
}

export function createSmallGraph(): SmallGraph {
  const g = createGraph('test')
  return {
    g,
    x: (shape, type = 'float32') => g.input(`x${g.inputs.length}`, type, shape),
    last() {
      const node = fromBinary(ModelProtoSchema, encodeModel(g.model())).graph?.node.at(-1)
      const attributes = (node?.attribute ?? []).map((a): [string, unknown] => {
        if (a.ints.length > 0) return [a.name, a.ints.map(Number)]
        if (a.s.length > 0) return [a.name, new TextDecoder().decode(a.s)]
        return [a.name, a.f === 0 ? Number(a.i) : a.f]
      })
      return { op: node?.opType ?? '', attributes: Object.fromEntries(attributes) }
    },
    ops: () => g.summary().nodes.map(({ op }) => op),
  }
}
