/** The canvas as the rest of the editor sees it: it shows a view, and tells what gestures ask for. */
import { LGraph } from 'litegraph.js/build/litegraph.core.js'
import type { LGraphNode } from 'litegraph.js/build/litegraph.core.js'
import type { Point } from '../state/document/document.ts'
import { isPicture, type NodeRun } from '../state/run/run-view.ts'
import { BORDER_INPUT, BORDER_OUTPUT } from '../state/document/document.ts'
import {
  bestInput,
  bestOutput,
  connect,
  disconnectInput,
  disconnectOutput,
  putLink,
  nextLinkId,
} from '../state/edit/edit-links.ts'
import { changeGroup, mapNodes, moveNodes, socketFor } from '../state/edit/edit-nodes.ts'
import type { CanvasHandlers, CanvasHandle } from './canvas-handle.ts'
import { followPointer, toCanvasPointer } from './follow-pointer.ts'
import { GROUP_HEAD_PX } from './paint-back.ts'
import { createPictureStore } from './pictures.ts'
import { TITLE_PX } from './node-layout.ts'
import { reconcile } from './reconcile.ts'
import type { CanvasView } from './reconcile.ts'
import { configureLiteGraph, StudioCanvas } from './studio-canvas.ts'
import { StudioNode } from './studio-node.ts'
import type { NodeGestures } from './studio-node.ts'
import { paletteOf } from './theme.ts'
import { pressWidget } from './press-widget.ts'

/** Puts a canvas into an element of the page. */
export function createCanvas(element: HTMLCanvasElement, handlers: CanvasHandlers): CanvasHandle {
  configureLiteGraph()
  const lgraph = new LGraph()
  let view: CanvasView | undefined
  let gesture = 0

  const gestures: NodeGestures = {
    connect(from, slot, to, target) {
      handlers.edit((graph) => {
        const catalog = view?.catalog
        const source = graph.nodes.get(from.key)
        const sink = graph.nodes.get(to.key)
        if (from.key === BORDER_INPUT || to.key === BORDER_OUTPUT) {
          const toSlot = typeof target === 'number' ? target : 0
          const type = from.outputs[slot]?.type ?? to.inputs[toSlot]?.type ?? '*'
          const cut = to.key === BORDER_OUTPUT ? graph : disconnectInput(graph, to.key, toSlot)
          return putLink(cut, {
            id: nextLinkId(cut),
            from: from.key,
            fromSlot: slot,
            to: to.key,
            toSlot,
            type,
            rest: {},
          })
        }
        if (source === undefined || sink === undefined || catalog === undefined) return graph
        const wanted = to.inputs[typeof target === 'number' ? target : Number(target.split(':')[1])]
        if (typeof target === 'number' || target.startsWith('output:')) {
          const name = wanted?.name ?? ''
          const place =
            wanted?.row === true
              ? socketFor(sink, catalog.nodes.get(sink.type), name)
              : { node: sink, slot: Number(typeof target === 'number' ? target : target.split(':')[1]) }
          if (place === undefined) return graph
          const fromSlot = slot >= 0 ? slot : bestOutput(source, wanted?.type ?? '*')
          const ready = mapNodes(graph, [to.key], () => place.node)
          const linked = connect(ready, { from: from.key, fromSlot, to: to.key, toSlot: place.slot })
          return linked === ready ? graph : linked
        }
        const best = bestInput(sink, source.outputs[slot]?.type ?? '*')
        return best < 0 ? graph : connect(graph, { from: from.key, fromSlot: slot, to: to.key, toSlot: best })
      }, `gesture:${gesture}`)
    },
    disconnectInput: (node, slot) =>
      handlers.edit((graph) => disconnectInput(graph, node.key, slot), `gesture:${gesture}`),
    disconnectOutput: (node, slot) =>
      handlers.edit((graph) => disconnectOutput(graph, node.key, slot), `gesture:${gesture}`),
    collapse: (node) =>
      handlers.edit((graph) => mapNodes(graph, [node.key], (old) => ({ ...old, collapsed: !old.collapsed }))),
  }

  const canvas: StudioCanvas = new StudioCanvas(element, lgraph, paletteOf('dark'), {
    select: handlers.select,
    search: (event, from) => {
      const group = from === undefined ? groupHead(event.canvasX, event.canvasY) : undefined
      if (group !== undefined) handlers.renameGroup(group)
      else
        handlers.search({
          clientX: event.clientX,
          clientY: event.clientY,
          at: [event.canvasX, event.canvasY],
          from,
        })
    },
    linkMenu: (link, event) => handlers.menu({ kind: 'link', id: String(link.id) }, event),
    contextMenu: (node, event) => {
      const group = groupAt(event.canvasX, event.canvasY)
      const at: Point = [event.canvasX, event.canvasY]
      if (node !== undefined && node.face.kind !== 'border')
        handlers.menu({ kind: 'node', key: node.key, at }, event)
      else if (group !== undefined) handlers.menu({ kind: 'group', id: group, at }, event)
      else handlers.menu({ kind: 'canvas', at }, event)
    },
    doubleClick: (node, event) => {
      if (node.face.kind === 'subgraph') handlers.openSubgraph(node.key, node.face.model.type)
      else if (event !== undefined && event.canvasY < (node.pos[1] ?? 0)) handlers.renameNode(node.key)
    },
    widget: (node, event) => pressWidget(node, event, { handlers, canvas, view: () => view }),
  })
  const pictures = createPictureStore(() => {
    show()
    canvas.setDirty(true, true)
  })

  const groupAt = (x: number, y: number): string | undefined => {
    const index = lgraph._groups.findLastIndex(
      ({ _bounding: [gx = 0, gy = 0, w = 0, h = 0] }) => x >= gx && x < gx + w && y >= gy && y < gy + h,
    )
    return view?.graph.groups[index]?.id
  }
  const groupHead = (x: number, y: number): string | undefined => {
    const id = groupAt(x, y)
    const group = view?.graph.groups.find((candidate) => candidate.id === id)
    return group !== undefined && y < group.bounding[1] + GROUP_HEAD_PX ? id : undefined
  }
  // Only a group's head and its corner are for dragging it; its inside is canvas.
  lgraph.getGroupOnPos = (x, y) =>
    lgraph._groups.findLast(({ _bounding: [gx = 0, gy = 0, w = 0, h = 0] }) => {
      const head = x >= gx && x < gx + w && y >= gy && y < gy + GROUP_HEAD_PX
      return head || (Math.abs(x - gx - w) < 16 && Math.abs(y - gy - h) < 16)
    }) ?? null

  function show(): void {
    if (view === undefined) return
    reconcile({ lgraph, gestures, pictures: picturesOf }, view, view)
  }

  function picturesOf(key: string, _node: unknown, run: NodeRun | undefined) {
    const last = run?.files.length === 0 ? run.preview : undefined
    if (last !== undefined) {
      const picture = pictures.preview(key, last)
      return picture === undefined ? [] : [picture]
    }
    const own = run !== undefined && run.files.length > 0
    const files = own ? run.files : handlers.filesOf(key)
    const version = own && run.startedAtMs !== undefined ? String(run.startedAtMs) : undefined
    const file = files.find(isPicture)
    const picture = file && pictures.byUrl(handlers.urlOf(file, version))
    return picture === undefined ? [] : [picture]
  }

  /** After a gesture: what LiteGraph moved becomes a change of the document. */
  function commit(): void {
    if (view === undefined) return
    const { graph } = view
    const places = new Map<string, Point>()
    const sizes = new Map<string, Point>()
    for (const node of lgraph._nodes) {
      if (!(node instanceof StudioNode)) continue
      const { model, layout } = node.face
      const [x = 0, y = 0] = node.pos
      if (x !== Math.fround(model.pos[0]) || y !== Math.fround(model.pos[1]))
        places.set(node.key, [Math.round(x), Math.round(y)])
      const [width = 0, height = 0] = node.size
      if (width !== model.size[0] || height !== layout.height)
        sizes.set(node.key, [Math.round(width), Math.round(height)])
    }
    const groups = lgraph._groups.flatMap(({ _bounding: [x = 0, y = 0, width = 0, height = 0] }, index) => {
      const old = graph.groups[index]
      const same =
        old === undefined ||
        [x, y, width, height].every((value, at) => value === Math.fround(old.bounding[at] ?? 0))
      return same ? [] : [{ id: old.id, bounding: [x, y, width, height].map(Math.round) }]
    })
    const border = [BORDER_INPUT, BORDER_OUTPUT].some((key) => places.has(key))
    if (places.size + sizes.size + groups.length === 0 || (border && places.size === 1)) return
    handlers.edit((old) => {
      let next = moveNodes(old, places)
      next = mapNodes(next, sizes.keys(), (node) => ({
        ...node,
        size: sizes.get(String(node.id)) ?? node.size,
      }))
      for (const {
        id,
        bounding: [x = 0, y = 0, width = 0, height = 0],
      } of groups)
        next = changeGroup(next, id, { bounding: [x, y, width, height] })
      return next
    }, `gesture:${gesture}`)
  }

  const stop = followPointer(element, canvas, {
    begin: () => {
      gesture++
      handlers.gestureBegan()
    },
    end: () => {
      commit()
      handlers.viewChanged({
        scale: canvas.ds.scale,
        offset: [canvas.ds.offset[0] ?? 0, canvas.ds.offset[1] ?? 0],
      })
    },
    viewChanged: () =>
      handlers.viewChanged({
        scale: canvas.ds.scale,
        offset: [canvas.ds.offset[0] ?? 0, canvas.ds.offset[1] ?? 0],
      }),
  })

  let frame = 0
  const loop = (): void => {
    canvas.draw()
    frame = requestAnimationFrame(loop)
  }
  const fitPixels = (): void => {
    const ratio = window.devicePixelRatio || 1
    element.width = Math.max(1, Math.round(element.clientWidth * ratio))
    element.height = Math.max(1, Math.round(element.clientHeight * ratio))
    handlers.resized()
    canvas.setDirty(true, true)
    canvas.draw()
  }
  const resized = new ResizeObserver(fitPixels)
  resized.observe(element)
  frame = requestAnimationFrame(loop)

  return {
    update(next) {
      const old = view
      view = next
      reconcile({ lgraph, gestures, pictures: picturesOf }, next, old)
      canvas.selected_nodes = Object.fromEntries(
        lgraph._nodes
          .filter((node) => node.is_selected)
          .map((node): [string, LGraphNode] => [String(node.id), node]),
      )
      // A click may come before the next frame does, and is looked for among these.
      canvas.visible_nodes = [...lgraph._nodes]
      canvas.setDirty(true, true)
    },
    setTheme(theme) {
      canvas.palette = paletteOf(theme)
      canvas.setDirty(true, true)
    },
    setView({ scale, offset }) {
      canvas.ds.scale = scale
      canvas.ds.offset.set(offset)
      canvas.setDirty(true, true)
    },
    setEditing(editing) {
      canvas.editing = editing
      canvas.setDirty(true, true)
    },
    zoomBy(factor) {
      canvas.ds.changeScale(canvas.ds.scale * factor)
      canvas.setDirty(true, true)
      handlers.viewChanged({
        scale: canvas.ds.scale,
        offset: [canvas.ds.offset[0] ?? 0, canvas.ds.offset[1] ?? 0],
      })
    },
    pageToGraph(clientX, clientY) {
      const pointer = toCanvasPointer(element, canvas, { clientX, clientY })
      return [pointer.canvasX, pointer.canvasY]
    },
    graphToPage([x, y]) {
      const box = element.getBoundingClientRect()
      const { scale, offset } = canvas.ds
      return [box.left + (x + (offset[0] ?? 0)) * scale, box.top + (y + (offset[1] ?? 0)) * scale]
    },
    size: () => [element.clientWidth, element.clientHeight],
    bounds(keys) {
      const wanted = keys === undefined ? undefined : new Set(keys)
      const nodes = lgraph._nodes.filter(({ id }) => wanted === undefined || wanted.has(String(id)))
      if (nodes.length === 0) return undefined
      const edge = (pick: (node: LGraphNode) => number, of: (...values: number[]) => number): number =>
        nodes.reduce((far, node) => of(far, pick(node)), pick(nodes[0] as LGraphNode))
      const left = edge(({ pos }) => pos[0] ?? 0, Math.min)
      const top = edge(({ pos }) => (pos[1] ?? 0) - TITLE_PX, Math.min)
      const right = edge(({ pos, size }) => (pos[0] ?? 0) + (size[0] ?? 0), Math.max)
      const bottom = edge(
        ({ pos, size, flags }) => (pos[1] ?? 0) + (flags.collapsed === true ? 0 : (size[1] ?? 0)),
        Math.max,
      )
      return [left, top, right - left, bottom - top]
    },
    stats: canvas.stats,
    dispose() {
      cancelAnimationFrame(frame)
      resized.disconnect()
      stop()
      pictures.dispose()
    },
  }
}
