/** Changes to the links of a graph. */
import type { NodeManifest } from '@dicache/protocol'
import { BORDER_INPUT, BORDER_OUTPUT } from '../document/document.ts'
import type { Graph, GraphNode, Link } from '../document/document.ts'
import { typesMatch } from '../document/types-match.ts'
import { mapNodes } from './edit-nodes.ts'

/** The two ends of a link. */
export type LinkEnds = Pick<Link, 'from' | 'fromSlot' | 'to' | 'toSlot'>

export function nextLinkId(graph: Graph): string {
  let highest = 0
  for (const key of graph.links.keys()) {
    const id = Number(key)
    if (Number.isSafeInteger(id) && id > highest) highest = id
  }
  return String(highest + 1)
}

/** Why two sockets cannot be linked; undefined when they can. */
export function whyNotLinked(graph: Graph, ends: LinkEnds): string | undefined {
  const output = graph.nodes.get(ends.from)?.outputs[ends.fromSlot]
  const input = graph.nodes.get(ends.to)?.inputs[ends.toSlot]
  if (output === undefined || input === undefined) return 'One of the sockets is not there.'
  if (ends.from === ends.to) return 'A node cannot feed itself.'
  if (!typesMatch(output.type, input.type)) return `${output.type} does not fit ${input.type}.`
  return reaches(graph, ends.to, ends.from) ? 'This link would close a circle.' : undefined
}

/** Links two sockets; what was linked to the input before is cut. Sockets that do not fit change nothing. */
export function connect(graph: Graph, ends: LinkEnds): Graph {
  if (whyNotLinked(graph, ends) !== undefined) return graph
  const cut = disconnectInput(graph, ends.to, ends.toSlot)
  const type = graph.nodes.get(ends.from)?.outputs[ends.fromSlot]?.type ?? '*'
  return putLink(cut, { id: nextLinkId(cut), ...ends, type, rest: {} })
}

/** Adds a link as it is. */
export function putLink(graph: Graph, link: Link): Graph {
  const linked = mapNodes(graph, [link.to], (node) => withInputLink(node, link.toSlot, link.id))
  return { ...linked, links: new Map(linked.links).set(link.id, link) }
}

export function removeLink(graph: Graph, id: string): Graph {
  const link = graph.links.get(id)
  if (link === undefined) return graph
  const links = new Map(graph.links)
  links.delete(id)
  return { ...mapNodes(graph, [link.to], (node) => withInputLink(node, link.toSlot, null)), links }
}

export function disconnectInput(graph: Graph, key: string, slot: number): Graph {
  const id = graph.nodes.get(key)?.inputs[slot]?.link
  return id === null || id === undefined ? graph : removeLink(graph, id)
}

export function disconnectOutput(graph: Graph, key: string, slot: number): Graph {
  return [...graph.links.values()]
    .filter(({ from, fromSlot }) => from === key && fromSlot === slot)
    .reduce((cut, { id }) => removeLink(cut, id), graph)
}

function withInputLink(node: GraphNode, slot: number, link: string | null): GraphNode {
  return {
    ...node,
    inputs: node.inputs.map((input, index) => (index === slot ? { ...input, link } : input)),
  }
}

/** Whether links lead from one node to another. */
function reaches(graph: Graph, start: string, goal: string): boolean {
  const leaving = Map.groupBy(graph.links.values(), ({ from }) => from)
  const seen = new Set<string>()
  const waiting = [start]
  while (waiting.length > 0) {
    const key = waiting.pop()
    if (key === undefined || seen.has(key)) continue
    if (key === goal) return true
    seen.add(key)
    if (key === BORDER_INPUT || key === BORDER_OUTPUT) continue
    for (const { to } of leaving.get(key) ?? []) waiting.push(to)
  }
  return false
}

/** The input of a node that suits an output best: a free one of its type, then a setting, then a linked one. */
export function bestInput(node: GraphNode, type: string): number {
  const fitting = node.inputs.flatMap((input, slot) =>
    typesMatch(type, input.type) ? [{ input, slot }] : [],
  )
  const rank = ({ input }: (typeof fitting)[number]): number =>
    (input.link === null ? 0 : 4) + (input.type === type ? 0 : 2) + (input.widget === undefined ? 0 : 1)
  return fitting.toSorted((a, b) => rank(a) - rank(b))[0]?.slot ?? -1
}

/** The output of a node that suits an input best. */
export function bestOutput(node: Pick<GraphNode, 'outputs'>, type: string): number {
  const exact = node.outputs.findIndex((output) => output.type === type)
  return exact >= 0 ? exact : node.outputs.findIndex((output) => typesMatch(output.type, type))
}

/** Whether a new node of a type could take, or give, a link of a type. */
export function accepts(
  manifest: NodeManifest,
  end: { readonly side: 'input' | 'output'; readonly type: string },
): boolean {
  if (end.side === 'output') return manifest.outputs.some(({ type }) => typesMatch(type, end.type))
  return manifest.inputs.some(({ type }) => typesMatch(end.type, type))
}
