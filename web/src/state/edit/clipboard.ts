/** Copies nodes as a small document and puts such a document into a graph. */
import { isJsonObject, parseJson, stringifyJson } from '@dicache/protocol'
import type { Graph, GraphNode, Group, Point } from '../document/document.ts'
import { BORDER_INPUT, BORDER_OUTPUT, EMPTY_GRAPH } from '../document/document.ts'
import { readDocument } from '../document/read-document.ts'
import { writeDocument } from '../document/write-document.ts'
import { nextLinkId, putLink } from './edit-links.ts'
import { nextNodeId } from './edit-nodes.ts'

/** The chosen nodes with the links between them; links from outside are kept apart for whoever wants them. */
export function takeNodes(graph: Graph, keys: ReadonlySet<string>, groups: readonly Group[] = []): Graph {
  const links = new Map([...graph.links].filter(([, { from, to }]) => keys.has(from) && keys.has(to)))
  const nodes = new Map(
    [...graph.nodes]
      .filter(([key]) => keys.has(key))
      .map(([key, node]): [string, GraphNode] => [
        key,
        {
          ...node,
          inputs: node.inputs.map((slot) =>
            slot.link !== null && !links.has(slot.link) ? { ...slot, link: null } : slot,
          ),
        },
      ]),
  )
  return { ...EMPTY_GRAPH, nodes, links, groups }
}

/** The chosen nodes as text: a small workflow, which a file could hold too. */
export function copyText(graph: Graph, keys: ReadonlySet<string>): string {
  return stringifyJson(writeDocument({ root: takeNodes(graph, keys), subgraphs: new Map() }))
}

/** Reads copied text; undefined when it is no workflow of nodes. */
export function readCopied(text: string): Graph | undefined {
  if (text.length > 20_000_000 || !text.trimStart().startsWith('{')) return undefined
  try {
    const value = parseJson(text)
    if (!isJsonObject(value) || !Array.isArray(value['nodes'])) return undefined
    const { root } = readDocument(value).doc
    return root.nodes.size === 0 ? undefined : root
  } catch {
    // The clipboard of a system holds anything; text that is no JSON is no workflow.
    return undefined
  }
}

/** A graph after a paste, and the keys of what came. */
export type Pasted = { readonly graph: Graph; readonly keys: readonly string[] }

/** Puts copied nodes into a graph under new ids, with their upper left corner at `at` or beside where they were. */
export function paste(graph: Graph, copied: Graph, at?: Point): Pasted {
  let next = nextNodeId(graph)
  const keyOf = new Map([...copied.nodes.keys()].map((key) => [key, String(next++)]))
  const all = [...copied.nodes.values()]
  const corner: Point = [Math.min(...all.map(({ pos }) => pos[0])), Math.min(...all.map(({ pos }) => pos[1]))]
  const shift = at === undefined ? [30, 30] : [at[0] - corner[0], at[1] - corner[1]]
  const nodes = new Map(graph.nodes)
  for (const [key, node] of copied.nodes) {
    const id = Number(keyOf.get(key))
    nodes.set(String(id), {
      ...node,
      id,
      pos: [node.pos[0] + (shift[0] ?? 0), node.pos[1] + (shift[1] ?? 0)],
      inputs: node.inputs.map((slot) => ({ ...slot, link: null })),
    })
  }
  let result: Graph = { ...graph, nodes }
  for (const link of copied.links.values()) {
    const from = keyOf.get(link.from)
    const to = keyOf.get(link.to)
    if (from === undefined || to === undefined || [BORDER_INPUT, BORDER_OUTPUT].includes(link.from)) continue
    result = putLink(result, { ...link, id: nextLinkId(result), from, to })
  }
  return { graph: result, keys: [...keyOf.values()] }
}

/** Copies nodes beside themselves; unlike a paste, they keep what feeds them. */
export function duplicate(graph: Graph, keys: ReadonlySet<string>): Pasted {
  const pasted = paste(graph, takeNodes(graph, keys))
  const renamed = new Map(
    [...graph.nodes.keys()].filter((key) => keys.has(key)).map((key, n) => [key, pasted.keys[n]]),
  )
  let result = pasted.graph
  for (const link of graph.links.values()) {
    const to = renamed.get(link.to)
    if (to === undefined || keys.has(link.from)) continue
    result = putLink(result, { ...link, id: nextLinkId(result), to })
  }
  return { graph: result, keys: pasted.keys }
}
