/** Paints a node's sockets and their names; while a link is dragged, those that it does not fit fade. */
import { fitsDragged } from './brush.ts'
import type { Brush } from './brush.ts'
import { SLOT_PX } from './node-layout.ts'
import type { StudioNode } from './studio-node.ts'
import { FONT, typeColor } from './theme.ts'

/** Paints all sockets of a node. */
export function paintSockets(brush: Brush, node: StudioNode, collapsed: boolean): void {
  const { ctx, palette, text } = brush
  const [width = 0] = node.size
  if (collapsed) {
    const right = node._collapsed_width ?? 160
    if (node.inputs.length > 0) dot(brush, { x: 0, y: -15, type: '*', filled: true })
    if (node.outputs.length > 0) dot(brush, { x: right, y: -15, type: '*', filled: true })
    return
  }
  ctx.font = `12px ${FONT}`
  ctx.textBaseline = 'middle'
  const base = ctx.globalAlpha
  for (const [index, input] of node.inputs.entries()) {
    const faded =
      brush.dragging !== undefined &&
      !fitsDragged(brush.dragging, { side: 'input', type: input.type, key: node.key })
    ctx.globalAlpha = faded ? base * 0.25 : base
    const widget = input.row === true
    const y = input.pos?.[1] ?? (index + 0.7) * SLOT_PX
    if (widget && brush.dragging === undefined && input.link === null) continue
    dot(brush, { x: widget ? 0 : 10, y, type: input.type, filled: input.link !== null, small: widget })
    if (widget) continue
    ctx.textAlign = 'left'
    ctx.fillStyle = input.link === null ? palette.textDim : palette.text
    ctx.fillText(text.fit(ctx, labelOf(node, index, 'inputs'), width * 0.55), 20, y)
  }
  for (const [index, output] of node.outputs.entries()) {
    const faded =
      brush.dragging !== undefined &&
      !fitsDragged(brush.dragging, { side: 'output', type: output.type, key: node.key })
    ctx.globalAlpha = faded ? base * 0.25 : base
    const y = (index + 0.7) * SLOT_PX
    dot(brush, { x: width - 9, y, type: output.type, filled: (output.links?.length ?? 0) > 0 })
    ctx.textAlign = 'right'
    ctx.fillStyle = palette.text
    ctx.fillText(text.fit(ctx, labelOf(node, index, 'outputs'), width * 0.5), width - 20, y)
  }
  ctx.globalAlpha = base
}

function labelOf(node: StudioNode, index: number, side: 'inputs' | 'outputs'): string {
  const slot = node[side][index]
  const port = node.face.manifest?.[side].find(({ name }) => name === slot?.name)
  return port?.label ?? (slot?.name === '' && node.face.kind === 'node' ? '' : (slot?.name ?? ''))
}

type Dot = {
  readonly x: number
  readonly y: number
  readonly type: string
  readonly filled: boolean
  readonly small?: boolean
}

function dot({ ctx, palette }: Brush, { x, y, type, filled, small = false }: Dot): void {
  ctx.beginPath()
  ctx.arc(x, y, small ? 4 : 5, 0, Math.PI * 2)
  ctx.fillStyle = filled ? typeColor(type, palette.name) : palette.node
  ctx.fill()
  ctx.lineWidth = 2
  ctx.strokeStyle = typeColor(type, palette.name)
  ctx.stroke()
}
