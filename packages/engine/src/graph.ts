/** The graph that a document compiles to: nodes by id, each with constants and links. It knows no positions. */
import type { JsonValue } from '@dicache/protocol'

/** What an input holds. `path` is the JSON pointer of its place in the document. */
export type GraphInput =
  | { readonly kind: 'value'; readonly value: JsonValue; readonly path: string }
  | { readonly kind: 'link'; readonly from: string; readonly slot: number; readonly path: string }
  /** A list that is meant as a link and is none. */
  | { readonly kind: 'bad-link'; readonly value: JsonValue; readonly path: string }
  /** A value that is no JSON, given by an expansion; `key` stands for it in cache keys. */
  | { readonly kind: 'object'; readonly value: unknown; readonly key: string; readonly path: string }

/** A node of a graph. */
export type GraphNode = {
  readonly id: string
  readonly type: string
  readonly title: string
  readonly inputs: ReadonlyMap<string, GraphInput>
  readonly path: string
}

/** A compiled document. */
export type Graph = {
  readonly nodes: ReadonlyMap<string, GraphNode>
  /** The document it came from, when that was one of the editor's. Nodes may read it; nothing else depends on it. */
  readonly document: JsonValue | undefined
}

/** One step of a JSON pointer. */
export function pointerStep(key: string | number): string {
  return `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** How a node is called in messages: `"KSampler" (node 3)`. */
export function nodeName(node: Pick<GraphNode, 'id' | 'title'>): string {
  return `"${node.title}" (node ${node.id})`
}

/** The ids of the nodes that a node's links name, whether they exist or not. */
export function sourcesOf(node: GraphNode): readonly string[] {
  const sources: string[] = []
  for (const input of node.inputs.values()) if (input.kind === 'link') sources.push(input.from)
  return sources
}
