/** Turns chosen nodes into a subgraph, and a subgraph's instance back into nodes. */
import type { BorderSlot, Doc, Graph, GraphNode, InputSlot, Link, OutputSlot } from '../document/document.ts'
import { BORDER_INPUT, BORDER_OUTPUT, graphAt, withGraph } from '../document/document.ts'
import { takeNodes } from './clipboard.ts'
import { nextLinkId, putLink } from './edit-links.ts'
import { boundsOf, nextNodeId, removeNodes } from './edit-nodes.ts'

type Wrap = {
  readonly at: string | undefined
  readonly keys: ReadonlySet<string>
  readonly id: string
  readonly name: string
}

/** Moves nodes into a new subgraph; every link that crossed the edge now goes through a socket of it. */
export function wrapInSubgraph(doc: Doc, { at, keys, id, name }: Wrap): Doc {
  const graph = graphAt(doc, at)
  const bounds = boundsOf(graph, keys)
  if (bounds === undefined) return doc
  const [x, y, width, height] = bounds
  const links = [...graph.links.values()]
  const entering = Map.groupBy(
    links.filter(({ from, to }) => !keys.has(from) && keys.has(to)),
    sourceOf,
  )
  const leaving = Map.groupBy(
    links.filter(({ from, to }) => keys.has(from) && !keys.has(to)),
    sourceOf,
  )
  let inner: Graph = { ...takeNodes(graph, keys), linkForm: 'object', groups: [] }
  const inputs: BorderSlot[] = []
  for (const list of entering.values()) {
    const slot = inputs.push(slotOf(inputs, inputName(graph, list[0]), list[0])) - 1
    for (const link of list)
      inner = putLink(inner, { ...link, id: nextLinkId(inner), from: BORDER_INPUT, fromSlot: slot })
  }
  const outputs: BorderSlot[] = []
  for (const list of leaving.values()) {
    const [first] = list
    const output = first === undefined ? undefined : graph.nodes.get(first.from)?.outputs[first.fromSlot]
    const slot = outputs.push(slotOf(outputs, output?.name ?? 'output', first)) - 1
    if (first !== undefined)
      inner = putLink(inner, { ...first, id: nextLinkId(inner), to: BORDER_OUTPUT, toSlot: slot })
  }
  const key = String(nextNodeId(graph))
  const instance: GraphNode = {
    id: Number(key),
    type: id,
    pos: [x + width / 2 - 110, y + height / 2 - 40],
    size: [220, 40 + 20 * Math.max(inputs.length, outputs.length)],
    mode: 0,
    collapsed: false,
    pinned: false,
    inputs: inputs.map((slot): InputSlot => ({ ...slot, link: null })),
    outputs: outputs.map((slot): OutputSlot => slot),
    widgets: [],
    properties: {},
    rest: {},
  }
  const without = removeNodes(graph, keys)
  let outer: Graph = { ...without, nodes: new Map(without.nodes).set(key, instance) }
  for (const [slot, list] of [...entering.values()].entries()) {
    const [first] = list
    if (first !== undefined)
      outer = putLink(outer, { ...first, id: nextLinkId(outer), to: key, toSlot: slot })
  }
  for (const [slot, list] of [...leaving.values()].entries()) {
    for (const link of list)
      outer = putLink(outer, { ...link, id: nextLinkId(outer), from: key, fromSlot: slot })
  }
  const subgraph = {
    id,
    name,
    inputs,
    outputs,
    inputPos: [x - 220, y] as const,
    outputPos: [x + width + 80, y] as const,
    graph: inner,
  }
  return withGraph({ ...doc, subgraphs: new Map(doc.subgraphs).set(id, subgraph) }, at, outer)
}

function sourceOf({ from, fromSlot }: Link): string {
  return `${from}/${fromSlot}`
}

function inputName(graph: Graph, link: Link | undefined): string {
  return (link && graph.nodes.get(link.to)?.inputs[link.toSlot]?.name) ?? 'input'
}

/** A border socket with a name of its own. */
function slotOf(known: readonly BorderSlot[], name: string, link: Link | undefined): BorderSlot {
  let unique = name
  for (let number = 2; known.some((slot) => slot.name === unique); number++) unique = `${name} ${number}`
  return { name: unique, type: link?.type ?? '*', rest: {} }
}

/** Replaces an instance by the nodes of its subgraph; the definition goes when nothing else uses it. */
export function unwrapSubgraph(
  doc: Doc,
  { at, key }: { readonly at: string | undefined; readonly key: string },
): Doc {
  const graph = graphAt(doc, at)
  const instance = graph.nodes.get(key)
  const subgraph = instance && doc.subgraphs.get(instance.type)
  if (instance === undefined || subgraph === undefined) return doc
  const inner = subgraph.graph
  const bounds = boundsOf(inner, inner.nodes.keys()) ?? [0, 0, 0, 0]
  const shift = [instance.pos[0] - bounds[0], instance.pos[1] - bounds[1]] as const
  let next = nextNodeId(graph)
  const renamed = new Map([...inner.nodes.keys()].map((old) => [old, String(next++)]))
  const nodes = new Map(graph.nodes)
  for (const [old, node] of inner.nodes) {
    const id = renamed.get(old) ?? old
    nodes.set(id, {
      ...node,
      id: Number(id),
      pos: [node.pos[0] + shift[0], node.pos[1] + shift[1]],
      inputs: node.inputs.map((slot) => ({ ...slot, link: null })),
    })
  }
  const feeding = instance.inputs.map(({ link }) => (link === null ? undefined : graph.links.get(link)))
  const outgoing = [...graph.links.values()].filter(({ from }) => from === key)
  let result = removeNodes({ ...graph, nodes }, new Set([key]))
  const add = (link: Link): void => {
    result = putLink(result, { ...link, id: nextLinkId(result) })
  }
  for (const link of inner.links.values()) {
    const to = renamed.get(link.to)
    const from = renamed.get(link.from)
    if (from !== undefined && to !== undefined) add({ ...link, from, to })
    else if (link.from === BORDER_INPUT && to !== undefined) {
      const source = feeding[link.fromSlot]
      if (source !== undefined) add({ ...source, to, toSlot: link.toSlot })
    } else if (link.to === BORDER_OUTPUT && from !== undefined) {
      for (const target of outgoing)
        if (target.fromSlot === link.toSlot) add({ ...target, from, fromSlot: link.fromSlot })
    }
  }
  const changed = withGraph(doc, at, result)
  const used = [changed.root, ...[...changed.subgraphs.values()].map((item) => item.graph)].some((item) =>
    [...item.nodes.values()].some(({ type }) => type === instance.type),
  )
  if (used) return changed
  const subgraphs = new Map(changed.subgraphs)
  subgraphs.delete(instance.type)
  return { ...changed, subgraphs }
}
