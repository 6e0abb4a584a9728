/** What pressing a setting on a node does: numbers drag, switches flip, everything else opens a field. */
import type { CanvasPointer } from 'litegraph.js/build/litegraph.core.js'
import type { JsonValue, ParamManifest } from '@dicache/protocol'
import { jsonInteger } from '@dicache/protocol'
import { setValue } from '../state/edit/edit-nodes.ts'
import { stepNumber } from '../state/edit/step-number.ts'
import { numeric, widgetValue } from '../state/document/widgets.ts'
import type { CanvasHandlers } from './canvas-handle.ts'
import { rowAt } from './node-layout.ts'
import type { Row } from './node-layout.ts'
import { FIELD_LEFT_PX } from './paint-rows.ts'
import type { CanvasView } from './reconcile.ts'
import type { StudioCanvas } from './studio-canvas.ts'
import type { StudioNode } from './studio-node.ts'

type Context = {
  readonly handlers: CanvasHandlers
  readonly canvas: StudioCanvas
  readonly view: () => CanvasView | undefined
}

const ARROW_PX = 18
/** A drag shorter than this is a click. */
const STILL_PX = 4
/** How far the pointer goes for one step of a number. */
const STEP_PX = 6

/** Begins what a press on a node's row asks for; false when there is no row. */
export function pressWidget(node: StudioNode, event: CanvasPointer, context: Context): boolean {
  const x = event.canvasX - (node.pos[0] ?? 0)
  const row = rowAt(node.face.layout, event.canvasY - (node.pos[1] ?? 0))
  const width = node.size[0] ?? 0
  if (row === undefined || row.kind === 'value' || x < FIELD_LEFT_PX - 4 || x > width - FIELD_LEFT_PX + 4)
    return false
  const { handlers } = context
  const { param } = row
  if (param === undefined) return false
  if (node.inputs.some((input) => input.row === true && input.name === row.name && input.link !== null))
    return false
  if (row.kind === 'upload') handlers.upload(node.key, param.name)
  else if (row.kind === 'param' && param.kind === 'boolean') flip(node, param, context)
  else if (
    row.kind === 'param' &&
    (param.kind === 'int' || param.kind === 'float' || param.kind === 'seed')
  ) {
    dragNumber(
      node,
      { param, row, side: x < FIELD_LEFT_PX + ARROW_PX ? -1 : x > width - FIELD_LEFT_PX - ARROW_PX ? 1 : 0 },
      event,
      context,
    )
  } else openAfterClick(node, row, event, context)
  return true
}

type Change = { readonly name: string; readonly value: JsonValue; readonly merge?: string }

function set(node: StudioNode, { name, value, merge }: Change, { handlers, view }: Context): void {
  const catalog = view()?.catalog
  if (catalog !== undefined)
    handlers.edit((graph) => setValue(graph, node.key, { name, value, catalog }), merge)
}

function valueOf(node: StudioNode, name: string): JsonValue | undefined {
  const { manifest, model } = node.face
  return manifest === undefined ? undefined : widgetValue(model, manifest, name)
}

function flip(node: StudioNode, param: ParamManifest, context: Context): void {
  set(node, { name: param.name, value: valueOf(node, param.name) !== true }, context)
}

type NumberPress = { readonly param: ParamManifest; readonly row: Row; readonly side: -1 | 0 | 1 }

function dragNumber(
  node: StudioNode,
  { param, row, side }: NumberPress,
  event: CanvasPointer,
  context: Context,
): void {
  const start = numeric(valueOf(node, param.name)) ?? 0
  const merge = `drag:${node.key}:${param.name}:${performance.now()}`
  const put = (value: number | bigint): void =>
    set(
      node,
      { name: param.name, value: typeof value === 'bigint' ? jsonInteger(value) : value, merge },
      context,
    )
  if (side !== 0) return put(stepNumber(param, start, side))
  let moved = false
  followDrag(context.canvas, event, {
    move(distance, fine) {
      if (!moved && Math.abs(distance) < STILL_PX) return
      moved = true
      put(stepNumber(param, start, Math.trunc(distance / (fine ? STEP_PX * 4 : STEP_PX))))
    },
    end() {
      if (!moved) open(node, row, context)
    },
  })
}

function openAfterClick(node: StudioNode, row: Row, event: CanvasPointer, context: Context): void {
  let far = false
  followDrag(context.canvas, event, {
    move(distance) {
      far ||= Math.abs(distance) > 12
    },
    end() {
      if (!far) open(node, row, context)
    },
  })
}

/** Opens the field of a row over it. */
function open(node: StudioNode, row: Row, { handlers, canvas }: Context): void {
  const box = canvas.canvas.getBoundingClientRect()
  const { scale, offset } = canvas.ds
  handlers.editValue({
    key: node.key,
    param: row.name,
    box: {
      left: box.left + ((node.pos[0] ?? 0) + FIELD_LEFT_PX + (offset[0] ?? 0)) * scale,
      top: box.top + ((node.pos[1] ?? 0) + row.y + (offset[1] ?? 0)) * scale,
      width: ((node.size[0] ?? 0) - 2 * FIELD_LEFT_PX) * scale,
      height: row.height * scale,
      scale,
    },
  })
}

type Drag = { readonly move: (distancePx: number, fine: boolean) => void; readonly end: () => void }

function followDrag({ canvas }: StudioCanvas, { clientX }: CanvasPointer, drag: Drag): void {
  const listening = new AbortController()
  const { signal } = listening
  canvas.addEventListener('pointermove', (event) => drag.move(event.clientX - clientX, event.shiftKey), {
    signal,
  })
  const end = (): void => {
    listening.abort()
    drag.end()
  }
  canvas.addEventListener('pointerup', end, { signal })
  canvas.addEventListener('pointercancel', () => listening.abort(), { signal })
}
