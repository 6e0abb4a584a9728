/** Writes a graph in ComfyUI's API format. */
import { isJsonArray, JsonFloat, jsonInteger } from '@dicache/protocol'
import type { ApiDocument, ApiNode, JsonValue } from '@dicache/protocol'
import type { Graph, GraphInput } from '../graph.ts'
import type { Registry } from '../registry.ts'
import { shapesOf } from './shapes-of.ts'
import type { NodeShape, NodeShapes } from './node-shape.ts'

/** The graph as an API document. Whole values of FLOAT settings are written as `1.0`, as ComfyUI does. */
export function toApiDocument(graph: Graph, registry: Registry): ApiDocument {
  return writeApi(graph, shapesOf(registry))
}

/** The same with node types from anywhere. */
export function writeApi(graph: Graph, shapes: NodeShapes): ApiDocument {
  return Object.fromEntries(
    [...graph.nodes].map(([id, node]): [string, ApiNode] => {
      const shape = shapes.get(node.type)
      const inputs = Object.fromEntries(
        [...node.inputs].flatMap(([name, input]) => entryOf(name, input, shape)),
      )
      return [id, { class_type: node.type, inputs, _meta: { title: node.title } }]
    }),
  )
}

function entryOf(name: string, input: GraphInput, shape: NodeShape | undefined): [string, JsonValue][] {
  switch (input.kind) {
    case 'link':
      return [[name, [input.from, input.slot]]]
    case 'value':
      return [[name, writtenValue(input.value, isFloat(shape, name))]]
    case 'bad-link':
      return [[name, input.value]]
    case 'object':
      return [] // it has no form in JSON
  }
}

function isFloat(shape: NodeShape | undefined, name: string): boolean {
  const brought = [...(shape?.dynamic?.values() ?? [])].flatMap((options) => [...options.values()].flat())
  return [...(shape?.params ?? []), ...brought].find((param) => param.name === name)?.kind === 'float'
}

function writtenValue(value: JsonValue, isFloat: boolean): JsonValue {
  if (isJsonArray(value)) return { __value__: value }
  if (typeof value === 'bigint') return jsonInteger(value)
  return isFloat && typeof value === 'number' && Number.isSafeInteger(value)
    ? new JsonFloat(`${value}.0`)
    : value
}
