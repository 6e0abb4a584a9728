/**
 * A workflow as the editor holds it: immutable, in the words of ComfyUI's UI format, with ids as map keys. What the
 * editor does not know stays in `rest` and is written back untouched.
 */
import type { JsonObject, JsonValue } from '@dicache/protocol'

/** A place or a size in the graph's own pixels. */
export type Point = readonly [x: number, y: number]

/** An input socket. `widget` names the setting that it feeds; `link` is a key of the graph's links. */
export type InputSlot = {
  readonly name: string
  readonly type: string
  readonly link: string | null
  readonly widget?: string
  readonly rest: JsonObject
}

/** An output socket; its links are found in the graph. */
export type OutputSlot = { readonly name: string; readonly type: string; readonly rest: JsonObject }

/** Saved settings: by place, as the editor of ComfyUI writes them, or by name. */
export type WidgetValues = readonly JsonValue[] | JsonObject

/** `mode` of a node: 0 runs, 2 is muted, 4 is bypassed. */
export const RUNS = 0
export const MUTED = 2
export const BYPASSED = 4

/** A node. `id` is what the file says; the graph's key of it is `String(id)`. */
export type GraphNode = {
  readonly id: number | string
  readonly type: string
  readonly title?: string
  readonly pos: Point
  readonly size: Point
  readonly mode: number
  readonly collapsed: boolean
  readonly pinned: boolean
  readonly color?: string
  readonly bgcolor?: string
  readonly inputs: readonly InputSlot[]
  readonly outputs: readonly OutputSlot[]
  readonly widgets: WidgetValues
  readonly properties: JsonObject
  readonly rest: JsonObject
}

/** A link. Inside a subgraph, `-10` and `-20` are its own inputs and outputs. */
export type Link = {
  readonly id: string
  readonly from: string
  readonly fromSlot: number
  readonly to: string
  readonly toSlot: number
  readonly type: string
  readonly rest: JsonObject
}

/** A titled frame behind nodes. */
export type Group = {
  readonly id: string
  readonly title: string
  readonly bounding: readonly [x: number, y: number, width: number, height: number]
  readonly color: string
  readonly rest: JsonObject
}

/** Nodes and links of a document, or of one of its subgraphs. Maps keep the order of the file. */
export type Graph = {
  readonly nodes: ReadonlyMap<string, GraphNode>
  readonly links: ReadonlyMap<string, Link>
  readonly groups: readonly Group[]
  readonly linkForm: 'array' | 'object'
  readonly rest: JsonObject
}

/** A socket of a subgraph's own border. */
export type BorderSlot = { readonly name: string; readonly type: string; readonly rest: JsonObject }

/** A subgraph: a graph with sockets of its own; its instances are nodes whose type is its id. */
export type Subgraph = {
  readonly id: string
  readonly name: string
  readonly inputs: readonly BorderSlot[]
  readonly outputs: readonly BorderSlot[]
  readonly inputPos: Point
  readonly outputPos: Point
  readonly graph: Graph
}

/** A workflow. */
export type Doc = {
  readonly root: Graph
  readonly subgraphs: ReadonlyMap<string, Subgraph>
}

/** The ids of a subgraph's own border in links. */
export const BORDER_INPUT = '-10'
export const BORDER_OUTPUT = '-20'

export const EMPTY_GRAPH: Graph = {
  nodes: new Map(),
  links: new Map(),
  groups: [],
  linkForm: 'array',
  rest: {},
}

export const EMPTY_DOC: Doc = { root: EMPTY_GRAPH, subgraphs: new Map() }

/** The graph that is shown: the root, or the subgraph with this id. */
export function graphAt(doc: Doc, subgraph: string | undefined): Graph {
  return subgraph === undefined ? doc.root : (doc.subgraphs.get(subgraph)?.graph ?? EMPTY_GRAPH)
}

/** The document with another graph in the same place. */
export function withGraph(doc: Doc, subgraph: string | undefined, graph: Graph): Doc {
  if (subgraph === undefined) return doc.root === graph ? doc : { ...doc, root: graph }
  const old = doc.subgraphs.get(subgraph)
  if (old === undefined || old.graph === graph) return doc
  return { ...doc, subgraphs: new Map(doc.subgraphs).set(subgraph, { ...old, graph }) }
}
