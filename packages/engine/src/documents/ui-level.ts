/** One level of a UI document, indexed: the document itself, or the inside of a subgraph. */
import { isJsonArray, isJsonObject, ownProperty } from '@dicache/protocol'
import type { JsonValue, Problem, UiLevel, UiNode } from '@dicache/protocol'

/** A link of a document, version 0.4 or 1. */
export type UiLink = {
  readonly id: string
  readonly from: string
  readonly fromSlot: number
  readonly to: string
  readonly toSlot: number
}

/** A node and the JSON pointer of its place. */
export type PlacedNode = { readonly node: UiNode; readonly path: string }

/** Nodes and links by id. */
export type Level = {
  readonly nodes: ReadonlyMap<string, PlacedNode>
  readonly links: ReadonlyMap<string, UiLink>
  /** Links by the node that they lead to. */
  readonly incoming: ReadonlyMap<string, readonly UiLink[]>
}

/** The definition of a subgraph, indexed. */
export type Subgraph = {
  readonly id: string
  readonly level: Level
  /** Names of its inputs and outputs, in their order. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** The values of its instance are in its nodes already. */
  readonly hasValuesInside?: true
  readonly problems: readonly Problem[]
}

export const MUTED = 2
export const BYPASSED = 4
export const REROUTE = 'Reroute'
export const PRIMITIVE = 'PrimitiveNode'
export const NOTES: ReadonlySet<string> = new Set(['Note', 'MarkdownNote'])
/** Nodes that exist only in the editor. */
export const EDITOR_ONLY: ReadonlySet<string> = new Set([...NOTES, PRIMITIVE, REROUTE])

/** Indexes a level (SPEC D-3). `path` is the JSON pointer of the level. */
export function readLevel(
  level: UiLevel,
  path: string,
): { readonly level: Level; readonly problems: readonly Problem[] } {
  const problems: Problem[] = []
  const nodes = new Map<string, PlacedNode>()
  for (const [index, node] of level.nodes.entries()) {
    const id = String(node.id)
    const place = `${path}/nodes/${index}`
    const first = nodes.get(id)
    // Notes are no part of the graph: they give way to what is.
    if (first !== undefined && !NOTES.has(first.node.type)) problems.push(duplicate(node, place))
    else {
      if (first !== undefined) problems.push(duplicate(first.node, first.path))
      nodes.set(id, { node, path: place })
    }
  }
  const links = new Map<string, UiLink>()
  for (const [index, entry] of (level.links ?? []).entries()) {
    if (entry === null) continue
    const link = readLink(entry)
    if (link === undefined) problems.push(malformed(index, `${path}/links/${index}`))
    else links.set(link.id, link)
  }
  return { level: { nodes, links, incoming: byTarget(links) }, problems }
}

function readLink(entry: JsonValue): UiLink | undefined {
  const fields = ['id', 'origin_id', 'origin_slot', 'target_id', 'target_slot']
  const parts = isJsonObject(entry) ? fields.map((field) => ownProperty(entry, field)) : entry
  if (!isJsonArray(parts)) return undefined
  const [id, from, fromSlot, to, toSlot] = parts
  if (!isId(id) || !isId(from) || !isId(to)) return undefined
  if (!isSlot(fromSlot) || !isSlot(toSlot)) return undefined
  return { id: String(id), from: String(from), fromSlot, to: String(to), toSlot }
}

const isId = (value: unknown): value is string | number =>
  typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value))
const isSlot = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0

function byTarget(links: ReadonlyMap<string, UiLink>): ReadonlyMap<string, readonly UiLink[]> {
  return Map.groupBy(links.values(), ({ to }) => to)
}

function duplicate(node: UiNode, path: string): Problem {
  const isNote = NOTES.has(node.type)
  return {
    code: 'DUPLICATE_NODE_ID',
    message: `Two nodes have the id ${node.id}; ${isNote ? 'the note' : 'the second'} ("${node.type}") is left out. Copy it anew in the editor.`,
    severity: isNote ? 'warning' : 'error',
    path,
    nodeId: String(node.id),
  }
}

function malformed(index: number, path: string): Problem {
  return {
    code: 'MALFORMED_LINK',
    message: `Link number ${index} of the document cannot be read and is left out.`,
    severity: 'warning',
    path,
  }
}
