/** Compiles a document of the API format: what it says is what runs. */
import { isJsonArray, isJsonObject, JsonFloat, ownProperty } from '@dicache/protocol'
import type { ApiDocument, JsonValue } from '@dicache/protocol'
import { pointerStep } from '../graph.ts'
import type { Graph, GraphInput, GraphNode } from '../graph.ts'
import type { NodeShapes } from './node-shape.ts'

/** Compiles an API document (SPEC D-2). */
export function compileApi(document: ApiDocument, shapes: NodeShapes): Graph {
  const nodes = new Map<string, GraphNode>()
  for (const [id, { class_type: type, inputs, _meta }] of Object.entries(document)) {
    const path = pointerStep(id)
    nodes.set(id, {
      id,
      type,
      title: _meta?.title ?? shapes.get(type)?.title ?? type,
      inputs: new Map(
        Object.entries(inputs).map(([name, value]) => [
          name,
          inputOf(value, `${path}/inputs${pointerStep(name)}`),
        ]),
      ),
      path,
    })
  }
  return { nodes, document: undefined }
}

function inputOf(value: JsonValue, path: string): GraphInput {
  if (isJsonArray(value)) {
    const [from, slot] = value
    const name = typeof from === 'number' ? String(from) : from
    const place = slot instanceof JsonFloat ? slot.value : slot
    const isLink =
      value.length === 2 && typeof name === 'string' && typeof place === 'number' && Number.isInteger(place)
    return isLink ? { kind: 'link', from: name, slot: place, path } : { kind: 'bad-link', value, path }
  }
  return { kind: 'value', value: unwrap(value), path }
}

/** `{"__value__": [..]}` is a list that is no link. */
function unwrap(value: JsonValue): JsonValue {
  if (!isJsonObject(value)) return value
  const wrapped = ownProperty(value, '__value__')
  return wrapped !== undefined && Object.keys(value).length === 1 ? wrapped : value
}
