/** Makes LiteGraph's graph show a graph of the document: what did not change is left as it is. */
import { LGraphGroup, LiteGraph } from 'litegraph.js/build/litegraph.core.js'
import type { LGraph, LLink, Slot } from 'litegraph.js/build/litegraph.core.js'
import type { Problem } from '@dicache/protocol'
import { isJsonArray, paramType } from '@dicache/protocol'
import type { Catalog } from '../state/document/catalog.ts'
import type { Graph, GraphNode, Subgraph } from '../state/document/document.ts'
import { manifestOf, PRIMITIVE } from '../state/document/manifest-of.ts'
import type { NodeRun } from '../state/run/run-view.ts'
import { shownAt } from '../state/run/run-view.ts'
import { layoutNode, ROW_PX, SLOT_PX } from './node-layout.ts'
import { StudioNode } from './studio-node.ts'
import type { NodeFace, NodeGestures, Picture } from './studio-node.ts'

/** Everything that the canvas shows. */
export type CanvasView = {
  readonly graph: Graph
  readonly border: Subgraph | undefined
  readonly subgraphs: ReadonlyMap<string, Subgraph>
  readonly catalog: Catalog
  readonly selection: ReadonlySet<string>
  readonly nodes: ReadonlyMap<string, NodeRun>
  readonly problems: readonly Problem[]
}

/** Where pictures come from. */
export type PictureSource = (key: string, node: GraphNode, run: NodeRun | undefined) => readonly Picture[]

type Context = {
  readonly lgraph: LGraph
  readonly gestures: NodeGestures
  readonly pictures: PictureSource
}

/** Brings everything up to date. */
export function reconcile(context: Context, view: CanvasView, old: CanvasView | undefined): void {
  const { lgraph } = context
  const nodes = nodesOf(view)
  const fresh = old === undefined || old.catalog !== view.catalog || old.subgraphs !== view.subgraphs
  const problems = Map.groupBy(view.problems, ({ nodeId }) => (nodeId === undefined ? '' : shownAt(nodeId)))
  const order: StudioNode[] = []
  let dressed = fresh
  const known = new Set<string>()
  for (const shown of lgraph._nodes) {
    if (!(shown instanceof StudioNode)) continue
    const model = nodes.get(shown.key)
    if (model === undefined) delete lgraph._nodes_by_id[shown.key]
    else {
      order.push(shown)
      known.add(shown.key)
    }
  }
  for (const [key, model] of nodes) {
    if (known.has(key)) continue
    const node = new StudioNode(key, faceOf(model, view, false), context.gestures)
    node.graph = lgraph
    dress(node, node.face)
    lgraph._nodes_by_id[key] = node
    order.push(node)
  }
  lgraph._nodes = order
  for (const node of order) {
    const model = nodes.get(node.key)
    if (model === undefined) continue
    const run = view.nodes.get(node.key)
    node.run = run
    node.pictures = context.pictures(node.key, model, run)
    const showsResult = node.pictures.length > 0 || run?.text !== undefined
    // What a Primitive is depends on what it is linked to.
    const relinked = model.type === PRIMITIVE && old?.graph.links !== view.graph.links
    if (fresh || relinked || node.face.model !== model || showsResult !== node.showsResult) {
      dress(node, faceOf(model, view, showsResult))
      node.showsResult = showsResult
      dressed = true
    }
    node.problems = problems.get(node.key) ?? NONE
    node.is_selected = view.selection.has(node.key)
  }
  if (old?.graph.links !== view.graph.links || dressed) showLinks(lgraph, view)
  if (old?.graph.groups !== view.graph.groups) showGroups(lgraph, view.graph)
}

const NONE: readonly Problem[] = []

function nodesOf({ graph, border }: CanvasView): ReadonlyMap<string, GraphNode> {
  if (border === undefined) return graph.nodes
  const side = (id: number, pos: readonly [number, number]): GraphNode => ({
    id,
    type: 'border',
    title: id === -10 ? 'Inputs' : 'Outputs',
    pos,
    size: [150, 30 + 20 * Math.max(border.inputs.length, border.outputs.length)],
    mode: 0,
    collapsed: false,
    pinned: true,
    inputs:
      id === -20 ? border.outputs.map(({ name, type, rest }) => ({ name, type, rest, link: null })) : [],
    outputs: id === -10 ? border.inputs : [],
    widgets: [],
    properties: {},
    rest: {},
  })
  return new Map([...graph.nodes, ['-10', side(-10, border.inputPos)], ['-20', side(-20, border.outputPos)]])
}

function faceOf(model: GraphNode, view: CanvasView, hasResult: boolean): NodeFace {
  const manifest = manifestOf(view.catalog, view.graph, model)
  const subgraph = view.subgraphs.get(model.type)
  const kind =
    model.type === 'border'
      ? 'border'
      : subgraph !== undefined
        ? 'subgraph'
        : manifest === undefined
          ? 'missing'
          : 'node'
  const kept = isJsonArray(model.widgets) ? model.widgets.length : Object.keys(model.widgets).length
  return {
    kind,
    title: model.title ?? subgraph?.name ?? manifest?.title ?? model.type,
    manifest,
    model,
    layout: layoutNode({
      node: model,
      params: manifest?.params,
      keptValues: kind === 'border' ? 0 : kept,
      hasResult,
    }),
  }
}

/** Gives a node the form that its face says. */
function dress(node: StudioNode, face: NodeFace): void {
  const { model, layout, manifest } = face
  node.face = face
  node.title = face.title.slice(0, 200)
  node.type = model.type
  node.pos.set(model.pos)
  node.size = [model.size[0], layout.height]
  node.flags = { ...(model.collapsed && { collapsed: true }), ...(model.pinned && { pinned: true }) }
  node._collapsed_width = Math.min(260, 70 + 7.2 * Math.min(face.title.length, 26))
  node.resizable = face.kind !== 'border'
  const rowY = (name: string): number => {
    const row = layout.rows.find((candidate) => candidate.name === name)
    return (row?.y ?? 0) + ROW_PX / 2
  }
  let plain = 0
  node.inputs = model.inputs.map(({ name, type, link, widget }): Slot => {
    if (widget !== undefined) return { name: widget, type, link, pos: [0, rowY(widget)], row: true }
    return { name, type, link, pos: [10, (plain++ + 0.7) * SLOT_PX] }
  })
  const socketed = new Set(node.inputs.map(({ name }) => name))
  for (const param of manifest?.params ?? []) {
    // A Primitive is there to feed others; nothing feeds it.
    if (!socketed.has(param.name) && !param.socketOnly && model.type !== PRIMITIVE) {
      node.inputs.push({
        name: param.name,
        type: paramType(param),
        link: null,
        pos: [0, rowY(param.name)],
        row: true,
      })
    }
  }
  const linksOf = new Map(node.outputs.map((slot, index) => [index, slot.links ?? []]))
  node.outputs = model.outputs.map(({ name, type }, index) => ({
    name,
    type,
    links: linksOf.get(index) ?? [],
  }))
}

function showLinks(lgraph: LGraph, view: CanvasView): void {
  const links: Record<string, LLink> = {}
  for (const node of lgraph._nodes) for (const output of node.outputs) output.links = []
  for (const [id, link] of view.graph.links) {
    const shown =
      lgraph.links[id] ?? new LiteGraph.LLink(id, link.type, link.from, link.fromSlot, link.to, link.toSlot)
    shown.type = link.type
    shown.origin_id = link.from
    shown.origin_slot = link.fromSlot
    shown.target_id = link.to
    shown.target_slot = link.toSlot
    links[id] = shown
    lgraph._nodes_by_id[link.from]?.outputs[link.fromSlot]?.links?.push(id)
    const input = lgraph._nodes_by_id[link.to]?.inputs[link.toSlot]
    if (input !== undefined) input.link = id
  }
  lgraph.links = links
}

function showGroups(lgraph: LGraph, graph: Graph): void {
  lgraph._groups = graph.groups.map(({ title, bounding, color }) => {
    const group = new LGraphGroup(title.slice(0, 200))
    group._bounding.set(bounding)
    group.color = color
    group.graph = lgraph
    return group
  })
}
