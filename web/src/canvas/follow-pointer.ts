/** Turns pointer events into what LiteGraph understands, and adds what it has not: pinches, pads, and two-finger scrolls. */
import type { CanvasPointer } from 'litegraph.js/build/litegraph.core.js'
import type { StudioCanvas } from './studio-canvas.ts'

export type GestureEnds = {
  readonly begin: () => void
  readonly end: () => void
  readonly viewChanged: () => void
}

type Source = { readonly clientX: number; readonly clientY: number } & Partial<PointerEvent>

/** An event as LiteGraph wants it, with its place in the graph. */
export function toCanvasPointer(
  element: HTMLCanvasElement,
  canvas: StudioCanvas,
  source: Source,
): CanvasPointer {
  const box = element.getBoundingClientRect()
  const { scale, offset } = canvas.ds
  return {
    clientX: source.clientX,
    clientY: source.clientY,
    canvasX: (source.clientX - box.left) / scale - (offset[0] ?? 0),
    canvasY: (source.clientY - box.top) / scale - (offset[1] ?? 0),
    which: (source.button ?? 0) + 1,
    ctrlKey: source.ctrlKey ?? false,
    shiftKey: source.shiftKey ?? false,
    altKey: source.altKey ?? false,
    metaKey: source.metaKey ?? false,
    type: source.type ?? 'pointermove',
    isPrimary: undefined,
    preventDefault: () => source.preventDefault?.(),
    stopPropagation: () => undefined,
  }
}

/** Listens to an element; returns how to stop. */
export function followPointer(
  element: HTMLCanvasElement,
  canvas: StudioCanvas,
  ends: GestureEnds,
): () => void {
  const listening = new AbortController()
  const { signal } = listening
  const touches = new Map<number, { x: number; y: number }>()
  let pinch: { distance: number; x: number; y: number } | undefined
  let pressed = false

  const pointer = (event: PointerEvent): CanvasPointer => toCanvasPointer(element, canvas, event)

  element.addEventListener(
    'pointerdown',
    (event) => {
      touches.set(event.pointerId, { x: event.clientX, y: event.clientY })
      try {
        element.setPointerCapture(event.pointerId)
      } catch (error) {
        // A pointer that is gone already cannot be captured, and need not be.
        if (!(error instanceof DOMException)) throw error
      }
      if (touches.size === 2) {
        // The first finger was no click: what it began ends here.
        if (pressed) canvas.processMouseUp({ ...pointer(event), which: 1 })
        pressed = false
        pinch = measure([...touches.values()])
        return
      }
      ends.begin()
      pressed = true
      const down = pointer(event)
      const onNode = canvas.graph.getNodeOnPos(down.canvasX, down.canvasY, canvas.visible_nodes, 5) !== null
      // Shift on the empty canvas draws a frame, as Ctrl does; on a node, Ctrl adds it to the choice, as Shift does.
      const frame = !onNode && (down.shiftKey || down.ctrlKey || down.metaKey)
      canvas.processMouseDown({
        ...down,
        ctrlKey: frame,
        shiftKey: down.shiftKey || (onNode && (down.ctrlKey || down.metaKey)),
      })
      canvas.setDirty(true, true)
    },
    { signal },
  )

  element.addEventListener(
    'pointermove',
    (event) => {
      if (touches.has(event.pointerId)) touches.set(event.pointerId, { x: event.clientX, y: event.clientY })
      if (pinch !== undefined && touches.size >= 2) {
        const next = measure([...touches.values()])
        const box = element.getBoundingClientRect()
        move(canvas, next.x - pinch.x, next.y - pinch.y)
        canvas.ds.changeScale((canvas.ds.scale * next.distance) / Math.max(1, pinch.distance), [
          next.x - box.left,
          next.y - box.top,
        ])
        pinch = next
        canvas.setDirty(true, true)
        return
      }
      const busy = pressed || canvas.connecting_node !== null
      const before = canvas.over_link_center
      const over = canvas.node_over
      canvas.processMouseMove({ ...pointer(event), which: 1 })
      // Moving over things changes nothing that is painted, except the link under the pointer.
      canvas.dirty_canvas = busy || before !== canvas.over_link_center || over !== canvas.node_over
      element.style.cursor = cursorOf(canvas)
    },
    { signal },
  )

  const up = (event: PointerEvent): void => {
    touches.delete(event.pointerId)
    if (pinch !== undefined) {
      if (touches.size === 0) {
        pinch = undefined
        ends.viewChanged()
      }
      return
    }
    if (!pressed) return
    pressed = false
    canvas.processMouseUp(pointer(event))
    canvas.setDirty(true, true)
    ends.end()
  }
  element.addEventListener('pointerup', up, { signal })
  element.addEventListener('pointercancel', up, { signal })
  element.addEventListener(
    'contextmenu',
    (event) => {
      event.preventDefault()
      // A finger that stays where it is: the browser sends this instead of a right click.
      if (!(event instanceof PointerEvent) || event.pointerType !== 'touch') return
      touches.clear()
      const held = pointer(event)
      if (pressed) canvas.processMouseUp({ ...held, which: 1 })
      pressed = false
      const node = canvas.graph.getNodeOnPos(held.canvasX, held.canvasY, canvas.visible_nodes, 5)
      if (node !== null) canvas.processNodeSelected(node, held)
      canvas.processContextMenu(node, held)
    },
    { signal },
  )

  element.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault()
      const box = element.getBoundingClientRect()
      const pad = event.deltaMode === 0 && (event.deltaX !== 0 || event.shiftKey) && !event.ctrlKey
      if (pad)
        move(canvas, -(event.shiftKey ? event.deltaY : event.deltaX), event.shiftKey ? 0 : -event.deltaY)
      else {
        const lines = event.deltaMode === 1 ? event.deltaY * 16 : event.deltaY
        const factor = Math.exp(-Math.max(-100, Math.min(100, lines)) * (event.ctrlKey ? 0.01 : 0.0015))
        canvas.ds.changeScale(canvas.ds.scale * factor, [event.clientX - box.left, event.clientY - box.top])
      }
      canvas.setDirty(true, true)
      ends.viewChanged()
    },
    { signal, passive: false },
  )

  return () => listening.abort()
}

function move(canvas: StudioCanvas, x: number, y: number): void {
  const { offset, scale } = canvas.ds
  offset[0] = (offset[0] ?? 0) + x / scale
  offset[1] = (offset[1] ?? 0) + y / scale
}

function measure(points: readonly { x: number; y: number }[]): { distance: number; x: number; y: number } {
  const [a = { x: 0, y: 0 }, b = a] = points
  return { distance: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
}

function cursorOf(canvas: StudioCanvas): string {
  if (canvas.dragging_canvas) return 'grabbing'
  if (canvas.connecting_node !== null) return 'crosshair'
  const { cursor } = canvas.canvas.style
  return cursor === 'crosshair' ? 'default' : cursor
}
