/** Changes to nodes and groups of a graph: each function gives a new graph and leaves the old one alone. */
import type { JsonValue, NodeManifest } from '@dicache/protocol'
import { paramType } from '@dicache/protocol'
import type { Catalog } from '../document/catalog.ts'
import type { Graph, GraphNode, Group, InputSlot, Point } from '../document/document.ts'
import { manifestOf } from '../document/manifest-of.ts'
import { defaultWidgets, setWidget } from '../document/widgets.ts'

const SLOT_PX = 20
const WIDGET_PX = 26
const TEXT_AREA_PX = 96

/** The next free number for a node. */
export function nextNodeId(graph: Graph): number {
  let highest = 0
  for (const key of graph.nodes.keys()) {
    const id = Number(key)
    if (Number.isSafeInteger(id) && id > highest) highest = id
  }
  return highest + 1
}

/** The smallest size at which a node shows everything. */
export function naturalSize(manifest: NodeManifest): Point {
  const rows = Math.max(manifest.inputs.length, manifest.outputs.length)
  const settings = manifest.params.reduce(
    (sum, param) => sum + (param.kind === 'text' && param.multiline ? TEXT_AREA_PX : WIDGET_PX),
    0,
  )
  const seeds = manifest.params.filter(({ kind }) => kind === 'seed').length
  const uploads = manifest.params.filter(
    (param) => param.kind === 'choice' && param.upload !== undefined,
  ).length
  const wide = manifest.params.some((param) => param.kind === 'text' && param.multiline)
  return [
    wide ? 340 : manifest.params.length > 0 ? 270 : 200,
    rows * SLOT_PX + settings + (seeds + uploads) * WIDGET_PX + (uploads > 0 ? 160 : 0) + 14,
  ]
}

/** A new node of a type, at a place. */
export function newNode(
  catalog: Catalog,
  manifest: NodeManifest,
  place: { id: number; pos: Point },
): GraphNode {
  return {
    id: place.id,
    type: manifest.type,
    pos: place.pos,
    size: naturalSize(manifest),
    mode: 0,
    collapsed: false,
    pinned: false,
    inputs: manifest.inputs.map(
      ({ name, type, optional }): InputSlot => ({
        name,
        type,
        link: null,
        rest: optional === undefined ? {} : { shape: 7 },
      }),
    ),
    outputs: manifest.outputs.map(({ name, type }) => ({ name, type, rest: {} })),
    widgets: defaultWidgets(catalog, manifest),
    properties: { 'Node name for S&R': manifest.type },
    rest: {},
  }
}

export function putNode(graph: Graph, node: GraphNode): Graph {
  return { ...graph, nodes: new Map(graph.nodes).set(String(node.id), node) }
}

/** Changes some nodes; those that the function returns as they were do not count as changed. */
export function mapNodes(
  graph: Graph,
  keys: Iterable<string>,
  change: (node: GraphNode) => GraphNode,
): Graph {
  let nodes: Map<string, GraphNode> | undefined
  for (const key of keys) {
    const node = graph.nodes.get(key)
    if (node === undefined) continue
    const changed = change(node)
    if (changed !== node) (nodes ??= new Map(graph.nodes)).set(key, changed)
  }
  return nodes === undefined ? graph : { ...graph, nodes }
}

/** Places nodes anew. */
export function moveNodes(graph: Graph, places: ReadonlyMap<string, Point>): Graph {
  return mapNodes(graph, places.keys(), (node) => {
    const pos = places.get(String(node.id)) ?? node.pos
    return pos[0] === node.pos[0] && pos[1] === node.pos[1] ? node : { ...node, pos }
  })
}

/** Removes nodes with their links. A node between two others of one type leaves them linked. */
export function removeNodes(graph: Graph, keys: ReadonlySet<string>): Graph {
  if (![...keys].some((key) => graph.nodes.has(key))) return graph
  const nodes = new Map([...graph.nodes].filter(([key]) => !keys.has(key)))
  const gone = [...graph.links.values()].filter(({ from, to }) => keys.has(from) || keys.has(to))
  const dropped = new Set(gone.map(({ id }) => id))
  for (const { to } of gone) {
    const node = nodes.get(to)
    if (node === undefined) continue
    nodes.set(to, {
      ...node,
      inputs: node.inputs.map((slot) =>
        slot.link !== null && dropped.has(slot.link) ? { ...slot, link: null } : slot,
      ),
    })
  }
  return { ...graph, nodes, links: new Map([...graph.links].filter(([id]) => !dropped.has(id))) }
}

/** Sets a setting of a node. */
export function setValue(
  graph: Graph,
  key: string,
  change: { readonly name: string; readonly value: JsonValue; readonly catalog: Catalog },
): Graph {
  return mapNodes(graph, [key], (node) => {
    const manifest = manifestOf(change.catalog, graph, node)
    return manifest === undefined ? node : { ...node, widgets: setWidget(node, manifest, change) }
  })
}

/** Gives a node a socket for a setting, if it has none, and says its place. */
export function socketFor(
  node: GraphNode,
  manifest: NodeManifest | undefined,
  param: string,
): { readonly node: GraphNode; readonly slot: number } | undefined {
  const slot = node.inputs.findIndex((input) => input.widget === param || input.name === param)
  if (slot >= 0) return { node, slot }
  const found = manifest?.params.find(({ name }) => name === param)
  if (found === undefined) return undefined
  const input: InputSlot = { name: param, type: paramType(found), link: null, widget: param, rest: {} }
  return { node: { ...node, inputs: [...node.inputs, input] }, slot: node.inputs.length }
}

/** Switches a mode on, or off when every one of the nodes has it. */
export function toggleMode(graph: Graph, keys: Iterable<string>, mode: number): Graph {
  const list = [...keys]
  const all = list.every((key) => graph.nodes.get(key)?.mode === mode)
  return mapNodes(graph, list, (node) => ({ ...node, mode: all ? 0 : mode }))
}

export function toggleFlag(graph: Graph, keys: Iterable<string>, flag: 'collapsed' | 'pinned'): Graph {
  const list = [...keys]
  const all = list.every((key) => graph.nodes.get(key)?.[flag] === true)
  return mapNodes(graph, list, (node) => ({ ...node, [flag]: !all }))
}

/** The frame around nodes, with room for their titles. */
export function boundsOf(graph: Graph, keys: Iterable<string>): Group['bounding'] | undefined {
  const nodes = [...keys].flatMap((key) => graph.nodes.get(key) ?? [])
  if (nodes.length === 0) return undefined
  const left = Math.min(...nodes.map(({ pos }) => pos[0]))
  const top = Math.min(...nodes.map(({ pos }) => pos[1])) - 30
  const right = Math.max(...nodes.map(({ pos, size }) => pos[0] + size[0]))
  const bottom = Math.max(...nodes.map(({ pos, size, collapsed }) => pos[1] + (collapsed ? 0 : size[1])))
  return [left, top, right - left, bottom - top]
}

/** Draws a group around a part of the graph. */
export function groupNodes(graph: Graph, bounds: Group['bounding'] | undefined, title: string): Graph {
  if (bounds === undefined) return graph
  const [x, y, width, height] = bounds
  const id = graph.groups.reduce((highest, group) => Math.max(highest, Number(group.id) || 0), 0) + 1
  const bounding = [x - 20, y - 46, width + 40, height + 66] as const
  return {
    ...graph,
    groups: [...graph.groups, { id: String(id), title, bounding, color: '#5b7cfa', rest: {} }],
  }
}

export function changeGroup(graph: Graph, id: string, change: Partial<Group>): Graph {
  return {
    ...graph,
    groups: graph.groups.map((group) => (group.id === id ? { ...group, ...change } : group)),
  }
}

export function removeGroup(graph: Graph, id: string): Graph {
  return { ...graph, groups: graph.groups.filter((group) => group.id !== id) }
}
