/**
 * Converts a prompt of the API format to a document of the editor: sockets, links and widgets are rebuilt, and a layout
 * gives the nodes their places (SPEC D-19).
 */
import { ANY_TYPE } from '@dicache/protocol'
import type { ApiDocument, Problem, UiDocument, Workflow } from '@dicache/protocol'
import type { Graph } from '../graph.ts'
import type { Registry } from '../registry.ts'
import { buildUiNode } from './build-ui-node.ts'
import type { BuiltNode, LinkEnd } from './build-ui-node.ts'
import { compileApi } from './compile-api.ts'
import { shapesOf } from './shapes-of.ts'
import type { NodeShapes } from './node-shape.ts'
import { keepTheRest } from './keep-the-rest.ts'
import { badLink, missingLink } from './ui-problems.ts'

/** A node to be placed. */
export type LayoutBox = { readonly id: string; readonly widthPx: number; readonly heightPx: number }
/** A link between two of them, in the direction of the data. */
export type LayoutEdge = { readonly from: string; readonly to: string }
/** Gives every box the place of its upper left corner. */
export type LayoutGraph = (
  boxes: readonly LayoutBox[],
  edges: readonly LayoutEdge[],
) => ReadonlyMap<string, readonly [leftPx: number, topPx: number]>

/** A document, and what was wrong with the one that it was made from. */
export type ConvertedToUi = { readonly document: UiDocument; readonly problems: readonly Problem[] }

/**
 * Converts a workflow to the UI format (version 0.4); one that is in it already stays as it is. Converted back it gives
 * the same prompt: what the editor's format has no place for rides in `extra.dicache`.
 * @example convertToUi(workflow, registry, { layout: layeredLayout })
 */
export function convertToUi(
  workflow: Workflow,
  registry: Registry,
  { layout, definitions }: { readonly layout: LayoutGraph; readonly definitions?: NodeShapes },
): ConvertedToUi {
  if (workflow.format === 'ui') return { document: workflow.document, problems: [] }
  const shapes = shapesOf(registry, definitions)
  const graph = compileApi(workflow.document, shapes)
  const problems: Problem[] = []
  const links = numberLinks(graph, problems)
  const document = buildDocument(graph, { shapes, links, layout })
  return { document: keepTheRest(document, workflow.document satisfies ApiDocument, shapes), problems }
}

type Links = ReadonlyMap<
  string,
  { readonly inputs: Map<string, LinkEnd>; readonly outputs: Map<number, number[]> }
>

/** An output with a higher number than this would make a node of that many sockets. */
const MAX_SLOT = 255

function numberLinks(graph: Graph, problems: Problem[]): Links {
  const byNode: Links = new Map(
    [...graph.nodes.keys()].map((id) => [id, { inputs: new Map(), outputs: new Map() }]),
  )
  let count = 0
  for (const node of graph.nodes.values()) {
    for (const [name, input] of node.inputs) {
      if (input.kind === 'bad-link') problems.push(badLink(node, name, input.path))
      if (input.kind !== 'link') continue
      const { from, slot } = input
      const source = byNode.get(from)
      if (source === undefined || slot < 0 || slot > MAX_SLOT) {
        problems.push(missingLink(node, name, input))
        continue
      }
      const link = ++count
      byNode.get(node.id)?.inputs.set(name, { link, from, slot })
      const taken = source.outputs.get(slot)
      if (taken === undefined) source.outputs.set(slot, [link])
      else taken.push(link)
    }
  }
  return byNode
}

type Building = { readonly shapes: NodeShapes; readonly links: Links; readonly layout: LayoutGraph }

function buildDocument(graph: Graph, { shapes, links, layout }: Building): UiDocument {
  const order = runOrder(graph, links)
  const none = { inputs: new Map<string, LinkEnd>(), outputs: new Map<number, number[]>() }
  const nodes = [...graph.nodes.values()].map((node) =>
    buildUiNode(node, shapes.get(node.type), {
      links: links.get(node.id) ?? none,
      order: order.get(node.id) ?? 0,
    }),
  )
  const entries = linkEntries(nodes, links)
  const places = layout(
    nodes.map(({ id, size }) => ({ id: String(id), widthPx: size[0], heightPx: size[1] })),
    entries.map(([, from, , to]) => ({ from: String(from), to: String(to) })),
  )
  const placed = nodes.map((node) => ({ ...node, pos: places.get(String(node.id)) ?? node.pos }))
  return {
    last_node_id: nodes.reduce((last, { id }) => (typeof id === 'number' ? Math.max(last, id) : last), 0),
    last_link_id: entries.length,
    nodes: placed,
    links: entries,
    groups: [],
    config: {},
    extra: {},
    version: 0.4,
  } as UiDocument
}

type LinkEntry = readonly [
  id: number,
  from: number | string,
  fromSlot: number,
  to: number | string,
  toSlot: number,
  type: string,
]

function linkEntries(nodes: readonly BuiltNode[], links: Links): readonly LinkEntry[] {
  const byId = new Map(nodes.map((node) => [String(node.id), node]))
  return nodes
    .flatMap((node) =>
      node.inputs.flatMap(({ name, link, type }, toSlot): LinkEntry[] => {
        const end = links.get(String(node.id))?.inputs.get(name)
        const source = end && byId.get(end.from)
        if (link === null || end === undefined || source === undefined) return []
        const sent = source.outputs[end.slot]?.type ?? ANY_TYPE
        return [[link, source.id, end.slot, node.id, toSlot, sent === ANY_TYPE ? type : sent]]
      }),
    )
    .toSorted(([a], [b]) => a - b)
}

/** The place of each node in an order that runs sources first; nodes in a circle come last. */
function runOrder(graph: Graph, links: Links): ReadonlyMap<string, number> {
  const targets = new Map<string, string[]>()
  const waits = new Map<string, number>()
  for (const [id, { inputs }] of links) {
    waits.set(id, inputs.size)
    for (const { from } of inputs.values()) {
      const known = targets.get(from)
      if (known === undefined) targets.set(from, [id])
      else known.push(id)
    }
  }
  const ready = [...graph.nodes.keys()].filter((id) => waits.get(id) === 0)
  for (const id of ready) {
    for (const target of targets.get(id) ?? []) {
      const left = (waits.get(target) ?? 0) - 1
      waits.set(target, left)
      if (left === 0) ready.push(target)
    }
  }
  return new Map([...new Set([...ready, ...graph.nodes.keys()])].map((id, index) => [id, index]))
}
