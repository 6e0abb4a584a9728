/** The subgraphs that a document defines, by id: read once, shared by all nodes that stand for them. */
import { isJsonArray, isJsonObject, ownProperty, UiSubgraph } from '@dicache/protocol'
import type { JsonValue, Problem, UiDocument } from '@dicache/protocol'
import { groupDefinition, isGroupNode } from './group-nodes.ts'
import type { NodeShapes } from './node-shape.ts'
import { readLevel } from './ui-level.ts'
import type { PlacedNode, Subgraph } from './ui-level.ts'

/** Finds what a node stands for; undefined for an ordinary node, problems for a definition that cannot be read. */
export type FindSubgraph = (place: PlacedNode) => Subgraph | readonly Problem[] | undefined

/** Makes the function that finds the definition of a node: its type is a subgraph's id, or names a group of old files. */
export function createSubgraphFinder(document: UiDocument, shapes: NodeShapes): FindSubgraph {
  const found = new Map<string, JsonValue>()
  const paths = new Map<string, string>()
  collect(document, '', (id, value, path) => {
    found.set(id, value)
    paths.set(id, path)
  })
  const read = new Map<string, Subgraph | readonly Problem[]>()
  return function findSubgraph(place: PlacedNode): Subgraph | readonly Problem[] | undefined {
    const { type } = place.node
    if (isGroupNode(type)) return groupDefinition(document, place, shapes)
    const value = found.get(type)
    if (value === undefined) return undefined
    const known = read.get(type) ?? readSubgraph(value, paths.get(type) ?? '')
    read.set(type, known)
    return known
  }
}

/** Definitions may hold definitions. */
function collect(
  holder: JsonValue | UiDocument,
  path: string,
  take: (id: string, value: JsonValue, path: string) => void,
): void {
  const waiting: { readonly holder: JsonValue; readonly path: string }[] = [
    { holder: holder as JsonValue, path },
  ]
  for (const { holder: from, path: at } of waiting) {
    const definitions = isJsonObject(from) ? ownProperty(from, 'definitions') : undefined
    const list = isJsonObject(definitions) ? ownProperty(definitions, 'subgraphs') : undefined
    if (!isJsonArray(list)) continue
    for (const [index, value] of list.entries()) {
      const id = isJsonObject(value) ? ownProperty(value, 'id') : undefined
      if (typeof id !== 'string') continue
      const place = `${at}/definitions/subgraphs/${index}`
      take(id, value, place)
      waiting.push({ holder: value, path: place })
    }
  }
}

function readSubgraph(value: JsonValue, path: string): Subgraph | readonly Problem[] {
  const parsed = UiSubgraph.parse(value)
  if (!parsed.ok) return parsed.problems.map((problem) => ({ ...problem, path: path + (problem.path ?? '') }))
  const { id, inputs, outputs } = parsed.value
  const { level, problems } = readLevel(parsed.value, path)
  const names = (slots: UiSubgraph['inputs']): readonly string[] =>
    (slots ?? []).map(({ name }) => name ?? '')
  return { id, level, inputs: names(inputs), outputs: names(outputs), problems }
}
