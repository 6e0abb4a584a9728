/** Adding nodes: the search box, and what becomes of the type that was chosen. */
import type { NodeManifest } from '@dicache/protocol'
import type { SearchWish } from '../canvas/canvas-handle.ts'
import { bestInput, bestOutput, connect } from '../state/edit/edit-links.ts'
import { mapNodes, newNode, nextNodeId, putNode, socketFor } from '../state/edit/edit-nodes.ts'
import type { Catalog } from '../state/document/catalog.ts'
import type { Graph, Point } from '../state/document/document.ts'
import { typesMatch } from '../state/document/types-match.ts'
import { paramType } from '@dicache/protocol'
import type { SearchBox } from '../state/app/app-state.ts'
import type { Context } from './context.ts'
import { editGraph, shown } from './edit-document.ts'

/** Opens the search box, at a wish of the canvas or in the middle of it. */
export function openSearch(context: Context, wish?: SearchWish): void {
  const [width, height] = context.canvas().size()
  const x = wish?.clientX ?? width / 2
  const y = wish?.clientY ?? height / 2
  const at = wish?.at ?? context.canvas().pageToGraph(x, y)
  context.store.dispatch({
    type: 'overlay',
    overlay: { kind: 'search', box: { x, y, at, from: wish?.from, query: '', index: 0 } },
  })
  context.focus('.search input')
}

/** Adds a node of a type where the search was opened, linked to the socket that it was opened from. */
export function addNode(
  context: Context,
  manifest: NodeManifest,
  { at, from }: Pick<SearchBox, 'at' | 'from'>,
): void {
  const { catalog } = context.store.state()
  const graph = shown(context)?.graph
  if (graph === undefined) return
  const id = nextNodeId(graph)
  const node = newNode(catalog, manifest, {
    id,
    pos: [Math.round(at[0] - (from?.side === 'input' ? 280 : 0)), Math.round(at[1])],
  })
  editGraph(context, (old) => linkNew(catalog, putNode(old, node), { key: String(id), manifest, from }), {
    select: [String(id)],
  })
}

type NewNode = { readonly key: string; readonly manifest: NodeManifest; readonly from: SearchBox['from'] }

function linkNew(catalog: Catalog, graph: Graph, { key, manifest, from }: NewNode): Graph {
  const node = graph.nodes.get(key)
  if (from === undefined || node === undefined) return graph
  if (from.side === 'output') {
    const slot = bestInput(node, from.type)
    if (slot >= 0) return connect(graph, { from: from.key, fromSlot: from.slot, to: key, toSlot: slot })
    const param = manifest.params.find((candidate) => typesMatch(from.type, paramType(candidate)))
    const socket = param && socketFor(node, manifest, param.name)
    if (socket === undefined) return graph
    const ready = mapNodes(graph, [key], () => socket.node)
    return connect(ready, { from: from.key, fromSlot: from.slot, to: key, toSlot: socket.slot })
  }
  const target = graph.nodes.get(from.key)
  const fromSlot = bestOutput(node, from.type)
  if (target === undefined || fromSlot < 0) return graph
  // The socket may be one that only the canvas has: settings get theirs when they are linked.
  const virtual = from.slot >= target.inputs.length
  const socket = virtual ? settingSocket(catalog, graph, from) : { node: target, slot: from.slot }
  if (socket === undefined) return graph
  const ready = mapNodes(graph, [from.key], () => socket.node)
  return connect(ready, { from: key, fromSlot, to: from.key, toSlot: socket.slot })
}

function settingSocket(
  catalog: Catalog,
  graph: Graph,
  from: NonNullable<SearchBox['from']>,
): ReturnType<typeof socketFor> {
  const target = graph.nodes.get(from.key)
  const manifest = target && catalog.nodes.get(target.type)
  if (target === undefined || manifest === undefined) return undefined
  const taken = new Set(target.inputs.map(({ widget, name }) => widget ?? name))
  const free = manifest.params.filter(({ name, socketOnly }) => !taken.has(name) && !socketOnly)
  const param = free[from.slot - target.inputs.length]
  return param && socketFor(target, manifest, param.name)
}

/** Adds a node in the middle of what is seen. */
export function addInMiddle(context: Context, manifest: NodeManifest): void {
  const [width, height] = context.canvas().size()
  const box = document.querySelector('#canvas')?.getBoundingClientRect()
  const at: Point = context
    .canvas()
    .pageToGraph((box?.left ?? 0) + width / 2 - 130, (box?.top ?? 0) + height / 2 - 60)
  addNode(context, manifest, { at, from: undefined })
}
