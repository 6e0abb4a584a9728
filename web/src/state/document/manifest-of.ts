/** What a node of a document is: its type's manifest, or for a Primitive, what the setting that it feeds makes of it. */
import { isJsonArray } from '@dicache/protocol'
import type { JsonValue, NodeManifest, ParamManifest } from '@dicache/protocol'
import type { Catalog } from './catalog.ts'
import type { Graph, GraphNode } from './document.ts'
import { numeric } from './widgets.ts'

/** ComfyUI's node without a type of its own. */
export const PRIMITIVE = 'PrimitiveNode'

/** The manifest of a node; undefined when nobody knows it. */
export function manifestOf(catalog: Catalog, graph: Graph, node: GraphNode): NodeManifest | undefined {
  if (node.type !== PRIMITIVE) return catalog.nodes.get(node.type)
  const param = fedParam(catalog, graph, String(node.id)) ?? paramFor(firstValue(node))
  return {
    type: PRIMITIVE,
    version: 1,
    title: 'Primitive',
    description: 'A value for the settings that it is linked to.',
    category: 'editor',
    inputs: [],
    params: [{ ...param, name: 'value' }],
    outputs: node.outputs.map(({ name, type }) => ({ name, type })),
    output: false,
  }
}

function fedParam(catalog: Catalog, graph: Graph, key: string): ParamManifest | undefined {
  for (const { from, to, toSlot } of graph.links.values()) {
    if (from !== key) continue
    const target = graph.nodes.get(to)
    const slot = target?.inputs[toSlot]
    const params = target && catalog.nodes.get(target.type)?.params
    const param = params?.find(({ name }) => name === (slot?.widget ?? slot?.name))
    if (param !== undefined) return param
  }
  return undefined
}

/** A setting for a value of which nothing else is known. */
function paramFor(value: JsonValue | undefined): ParamManifest {
  if (typeof value === 'boolean') return { kind: 'boolean', name: 'value' }
  const number = numeric(value)
  if (number === undefined) return { kind: 'text', name: 'value', multiline: true }
  return Number.isInteger(Number(number))
    ? { kind: 'int', name: 'value', step: 1 }
    : { kind: 'float', name: 'value', step: 0.01 }
}

function firstValue({ widgets }: GraphNode): JsonValue | undefined {
  return isJsonArray(widgets) ? widgets[0] : Object.values(widgets)[0]
}
