/** LiteGraph's canvas with its own painting, and with its menus, prompts and search box replaced by events of ours. */
import { LGraphCanvas, LiteGraph } from 'litegraph.js/build/litegraph.core.js'
import type { CanvasPointer, LGraph, LGraphNode, LLink, Vector } from 'litegraph.js/build/litegraph.core.js'
import { createTextFitter } from './draw-text.ts'
import { paintGrid, paintGroups, paintLinks, linkCurve } from './paint-back.ts'
import { colorOf, fitsDragged } from './brush.ts'
import type { Brush, Socket } from './brush.ts'
import { paintErrors, paintNode } from './paint-node.ts'
import { StudioNode } from './studio-node.ts'
import { FONT } from './theme.ts'
import type { Palette } from './theme.ts'

/** What the canvas asks of whoever made it. */
export type CanvasHooks = {
  readonly select: (keys: readonly string[], how: 'replace' | 'add' | 'toggle') => void
  readonly search: (event: CanvasPointer, from: (Socket & { slot: number }) | undefined) => void
  readonly linkMenu: (link: LLink, event: CanvasPointer) => void
  readonly contextMenu: (node: StudioNode | undefined, event: CanvasPointer) => void
  readonly doubleClick: (node: StudioNode, event: CanvasPointer | undefined) => void
  readonly widget: (node: StudioNode, event: CanvasPointer) => boolean
}

/** Time that one frame took, for whoever measures. */
export type FrameStats = { frames: number; scriptMs: number[] }

const MAX_FRAMES_KEPT = 600

export class StudioCanvas extends LGraphCanvas {
  palette: Palette
  editing: Brush['editing'] = undefined
  readonly stats: FrameStats = { frames: 0, scriptMs: [] }
  readonly #hooks: CanvasHooks
  readonly #text = createTextFitter()
  #lastEvent: CanvasPointer | undefined = undefined
  #pressed: { readonly key: string; readonly x: number; readonly y: number } | undefined = undefined

  constructor(canvas: HTMLCanvasElement, graph: LGraph, palette: Palette, hooks: CanvasHooks) {
    super(canvas, null, { skip_render: true, skip_events: true })
    // attachCanvas accepts only LiteGraph's own class, no subclass; this is what it does.
    this.graph = graph
    graph.list_of_graphcanvas = [this]
    this.palette = palette
    this.#hooks = hooks
    this.ds.min_scale = 0.05
    this.ds.max_scale = 4
  }

  override processMouseDown(event: CanvasPointer): boolean | undefined {
    // LiteGraph asks only for the time between two presses; one elsewhere is no second click.
    const last = this.#lastEvent
    if (last !== undefined && Math.hypot(event.clientX - last.clientX, event.clientY - last.clientY) > 6)
      this.last_mouseclick = 0
    this.#lastEvent = event
    return super.processMouseDown(event)
  }

  override processMouseUp(event: CanvasPointer): boolean | undefined {
    const pressed = this.#pressed
    this.#pressed = undefined
    const still =
      pressed !== undefined && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < 3
    const result = super.processMouseUp(event)
    // A click without a drag on one of several chosen nodes chooses it alone.
    if (still && !event.shiftKey && !event.ctrlKey && !event.metaKey)
      this.#hooks.select([pressed.key], 'replace')
    return result
  }

  override processNodeSelected(node: LGraphNode, event: CanvasPointer | null): void {
    if (!(node instanceof StudioNode)) return
    if (event !== null && (event.shiftKey || event.ctrlKey || event.metaKey)) {
      this.#hooks.select([node.key], 'toggle')
      return
    }
    if (node.is_selected === true) {
      if (event !== null) this.#pressed = { key: node.key, x: event.clientX, y: event.clientY }
      return
    }
    this.#hooks.select([node.key], 'replace')
  }

  override selectNodes(nodes: LGraphNode[], add = false): void {
    const keys = nodes.flatMap((node) => (node instanceof StudioNode ? [node.key] : []))
    this.#hooks.select(keys, add ? 'add' : 'replace')
  }

  override deselectAllNodes(): void {
    this.#hooks.select([], 'replace')
  }

  override deselectNode(node: LGraphNode): void {
    if (node instanceof StudioNode && node.is_selected === true) this.#hooks.select([node.key], 'toggle')
  }

  override processNodeDblClicked(node: LGraphNode): void {
    if (node instanceof StudioNode) this.#hooks.doubleClick(node, this.#lastEvent)
  }

  override processNodeWidgets(
    node: LGraphNode,
    _pos: Vector,
    event: CanvasPointer,
    active?: unknown,
  ): unknown {
    // Moves and ups go to the gesture itself, which has captured the pointer.
    if (active !== undefined || !(node instanceof StudioNode) || event.type !== 'pointerdown')
      return undefined
    return this.#hooks.widget(node, event) ? node : undefined
  }

  override processContextMenu(node: LGraphNode | null, event: CanvasPointer): void {
    this.#hooks.contextMenu(node instanceof StudioNode ? node : undefined, event)
  }

  override showSearchBox(event: CanvasPointer): void {
    this.#hooks.search(event, undefined)
  }

  override showConnectionMenu({ e }: { e: CanvasPointer }): void {
    const dragged = this.draggedSocket()
    if (dragged !== undefined) this.#hooks.search(e, { ...dragged, slot: this.connecting_slot })
  }

  override showLinkMenu(link: LLink, event: CanvasPointer): boolean {
    this.#hooks.linkMenu(link, event)
    return false
  }

  /** The socket that a link is being dragged from. */
  draggedSocket(): Socket | undefined {
    const node = this.connecting_node
    const slot = this.connecting_output ?? this.connecting_input
    if (!(node instanceof StudioNode) || slot === null) return undefined
    return { side: this.connecting_output === null ? 'input' : 'output', type: slot.type, key: node.key }
  }

  override draw(): void {
    if (!this.dirty_canvas && !this.dirty_bgcanvas) return
    this.dirty_canvas = false
    this.dirty_bgcanvas = false
    const ctx = this.canvas.getContext('2d', { alpha: false })
    if (ctx === null) return
    const startMs = performance.now()
    const ratio = this.canvas.width / Math.max(1, this.canvas.clientWidth)
    const { scale, offset } = this.ds
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0)
    const view = {
      width: this.canvas.clientWidth,
      height: this.canvas.clientHeight,
      scale,
      x: offset[0] ?? 0,
      y: offset[1] ?? 0,
    }
    this.visible_area.set([-view.x, -view.y, view.width / scale, view.height / scale])
    paintGrid(ctx, this.palette, view)
    ctx.scale(scale, scale)
    ctx.translate(view.x, view.y)
    const brush: Brush = {
      ctx,
      palette: this.palette,
      text: this.#text,
      scale,
      nowMs: startMs,
      dragging: this.draggedSocket(),
      editing: this.editing,
    }
    paintGroups(brush, this.graph._groups)
    paintLinks(brush, this)
    this.visible_nodes = this.#inView()
    for (const node of this.visible_nodes) {
      if (!(node instanceof StudioNode)) continue
      const [x = 0, y = 0] = node.pos
      ctx.translate(x, y)
      paintNode(brush, node)
      ctx.translate(-x, -y)
    }
    for (const node of this.visible_nodes) {
      if (!(node instanceof StudioNode)) continue
      const [x = 0, y = 0] = node.pos
      ctx.translate(x, y)
      paintErrors(brush, node)
      ctx.translate(-x, -y)
    }
    this.#paintGesture(brush)
    this.#keep(performance.now() - startMs)
  }

  #inView(): LGraphNode[] {
    const [left = 0, top = 0, width = 0, height = 0] = this.visible_area
    return this.graph._nodes.filter(({ pos, size }) => {
      const [x = 0, y = 0] = pos
      return (
        x < left + width &&
        x + (size[0] ?? 0) > left &&
        y - 34 < top + height &&
        y + (size[1] ?? 0) + 90 > top
      )
    })
  }

  #paintGesture(brush: Brush): void {
    const { ctx, palette, scale, dragging } = brush
    if (this.dragging_rectangle !== null) {
      const [x = 0, y = 0, width = 0, height = 0] = this.dragging_rectangle
      ctx.fillStyle = `${palette.accent}22`
      ctx.fillRect(x, y, width, height)
      ctx.strokeStyle = palette.accent
      ctx.lineWidth = 1 / scale
      ctx.strokeRect(x, y, width, height)
    }
    if (dragging === undefined || this.connecting_pos === null) return
    const [mx = 0, my = 0] = this.graph_mouse
    const [px = 0, py = 0] = this.connecting_pos
    ctx.strokeStyle = colorOf(palette, dragging.type)
    ctx.lineWidth = 3
    ctx.beginPath()
    if (dragging.side === 'output') linkCurve(ctx, [px, py], [mx, my])
    else linkCurve(ctx, [mx, my], [px, py])
    ctx.stroke()
    const refusal = this.#refusal(dragging, mx, my)
    if (refusal === undefined) return
    ctx.font = `12px ${FONT}`
    const width = ctx.measureText(refusal).width + 16
    ctx.fillStyle = palette.errorSoft
    ctx.beginPath()
    ctx.roundRect(mx + 14, my - 12, width, 24, 6)
    ctx.fill()
    ctx.fillStyle = palette.text
    ctx.textAlign = 'left'
    ctx.textBaseline = 'middle'
    ctx.fillText(refusal, mx + 22, my)
  }

  #refusal(dragged: Socket, x: number, y: number): string | undefined {
    const node = this.graph.getNodeOnPos(x, y, this.visible_nodes)
    if (!(node instanceof StudioNode) || node.key === dragged.key) return undefined
    const slots = dragged.side === 'output' ? node.inputs : node.outputs
    const over =
      dragged.side === 'output' ? this.isOverNodeInput(node, x, y) : this.isOverNodeOutput(node, x, y)
    const side = dragged.side === 'output' ? 'input' : 'output'
    const wanted = over >= 0 ? slots.slice(over, over + 1) : slots
    if (wanted.some(({ type }) => fitsDragged(dragged, { side, type, key: node.key }))) return undefined
    return over >= 0
      ? `${dragged.type} does not fit ${wanted[0]?.type ?? ''}`
      : `nothing here fits ${dragged.type}`
  }

  #keep(scriptMs: number): void {
    this.stats.frames++
    this.stats.scriptMs.push(scriptMs)
    if (this.stats.scriptMs.length > MAX_FRAMES_KEPT) this.stats.scriptMs.shift()
  }
}

/** LiteGraph's switches are global; this is the one that the editor needs, and the menus that it must not have. */
export function configureLiteGraph(): void {
  LiteGraph.release_link_on_empty_shows_menu = true
  LiteGraph.closeAllContextMenus = () => undefined
}
