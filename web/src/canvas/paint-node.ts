/** Paints one node. Far away it is a coloured block, nearer it has its name, near it is everything. */
import type { Palette } from './theme.ts'
import { FONT, MONO } from './theme.ts'
import type { Brush } from './brush.ts'
import { errorStripPx, TITLE_PX } from './node-layout.ts'
import { paintRows } from './paint-rows.ts'
import { paintSockets } from './paint-sockets.ts'
import type { StudioNode } from './studio-node.ts'

/** Below this scale texts are not readable: only names are drawn, larger than they are. */
const NEAR = 0.45
/** Below this scale not even they are. */
const FAR = 0.16
const RESULT_LINE_PX = 17

/** Paints a node; the context's origin is the node's. */
export function paintNode(brush: Brush, node: StudioNode): void {
  const { ctx, palette, scale } = brush
  const { face } = node
  const [width = 0] = node.size
  const collapsed = node.flags.collapsed === true
  const height = collapsed ? 0 : (node.size[1] ?? 0)
  const { mode } = face.model
  ctx.globalAlpha = mode === 2 ? 0.4 : mode === 4 ? 0.65 : 1
  const box = { width: collapsed ? (node._collapsed_width ?? 160) : width, height }
  const failed = node.run?.status === 'failed' || node.problems.some(({ severity }) => severity === 'error')
  if (scale < FAR) paintFar(brush, node, { ...box, failed })
  else if (scale < NEAR) paintNamed(brush, node, { ...box, failed })
  else paintNear(brush, node, { ...box, failed, collapsed })
  ctx.globalAlpha = 1
  if (node.is_selected === true) {
    ctx.strokeStyle = palette.accent
    ctx.lineWidth = Math.max(2, 1.6 / scale)
    ctx.beginPath()
    ctx.roundRect(-3, -TITLE_PX - 3, box.width + 6, height + TITLE_PX + 6, 11)
    ctx.stroke()
  }
}

type Box = { readonly width: number; readonly height: number; readonly failed: boolean }

function paintFar({ ctx, palette, scale }: Brush, node: StudioNode, { width, height, failed }: Box): void {
  ctx.fillStyle = bodyColor(palette, node)
  ctx.fillRect(0, -TITLE_PX, width, height + TITLE_PX)
  ctx.fillStyle = failed ? palette.error : (statusColor(palette, node) ?? headColor(palette, node))
  ctx.fillRect(0, -TITLE_PX, width, TITLE_PX)
  const picture = node.pictures[0]
  if (picture !== undefined && scale > 0.12) paintPicture(ctx, node, picture)
}

/** Its name as large as the head allows, and how it stands as a strip below. */
function paintNamed(brush: Brush, node: StudioNode, { width, height, failed }: Box): void {
  const { ctx, palette, scale, text } = brush
  const isBad = failed || node.face.kind === 'missing'
  ctx.fillStyle = bodyColor(palette, node)
  ctx.fillRect(0, -TITLE_PX, width, height + TITLE_PX)
  ctx.fillStyle = isBad ? palette.errorSoft : headColor(palette, node)
  ctx.fillRect(0, -TITLE_PX, width, TITLE_PX)
  const status = statusColor(palette, node)
  if (status !== undefined) {
    ctx.fillStyle = status
    ctx.fillRect(0, -4, width, 4)
  }
  ctx.strokeStyle = isBad ? palette.error : (runningColor(palette, node) ?? palette.border)
  ctx.lineWidth = (isBad ? 1.6 : 1) / scale
  ctx.strokeRect(0, -TITLE_PX, width, height + TITLE_PX)
  ctx.font = `600 ${Math.min(26, Math.round(9.5 / scale))}px ${FONT}`
  ctx.textAlign = 'left'
  ctx.textBaseline = 'middle'
  ctx.fillStyle = palette.text
  ctx.fillText(text.fit(ctx, node.face.title, width - 14), 8, -TITLE_PX / 2)
  const picture = node.pictures[0]
  if (picture !== undefined) paintPicture(ctx, node, picture)
}

function paintNear(brush: Brush, node: StudioNode, box: Box & { readonly collapsed: boolean }): void {
  const { ctx, palette } = brush
  const { width, height, failed, collapsed } = box
  const missing = node.face.kind === 'missing'
  ctx.beginPath()
  ctx.roundRect(0, -TITLE_PX, width, height + TITLE_PX, 8)
  ctx.fillStyle = bodyColor(palette, node)
  ctx.fill()
  ctx.beginPath()
  ctx.roundRect(0, -TITLE_PX, width, TITLE_PX, collapsed ? 8 : [8, 8, 0, 0])
  ctx.fillStyle = missing ? palette.errorSoft : headColor(palette, node)
  ctx.fill()
  paintTitle(brush, node, box)
  ctx.beginPath()
  ctx.roundRect(0, -TITLE_PX, width, height + TITLE_PX, 8)
  ctx.strokeStyle = failed || missing ? palette.error : (runningColor(palette, node) ?? palette.border)
  ctx.lineWidth = failed || runningColor(palette, node) !== undefined ? 2 : 1
  ctx.setLineDash(missing ? [6, 4] : [])
  ctx.stroke()
  ctx.setLineDash([])
  if (!collapsed) {
    paintProgress(brush, node, width)
    paintRows(brush, node)
    const picture = node.pictures[0]
    if (picture !== undefined) paintPicture(ctx, node, picture)
    else if (node.run?.text !== undefined) paintResultText(brush, node, node.run.text)
  }
  paintSockets(brush, node, collapsed)
}

function paintTitle(
  { ctx, palette, text }: Brush,
  node: StudioNode,
  box: { width: number; collapsed: boolean },
): void {
  const middle = -TITLE_PX / 2
  ctx.fillStyle = palette.textDim
  ctx.beginPath()
  if (box.collapsed) {
    ctx.moveTo(12, middle - 4)
    ctx.lineTo(18, middle)
    ctx.lineTo(12, middle + 4)
  } else {
    ctx.moveTo(11, middle - 3)
    ctx.lineTo(19, middle - 3)
    ctx.lineTo(15, middle + 3)
  }
  ctx.fill()
  ctx.textBaseline = 'middle'
  const badge = badgeOf(palette, node)
  let right = box.width - 10
  if (badge !== undefined) {
    ctx.font = `500 11px ${FONT}`
    ctx.textAlign = 'right'
    ctx.fillStyle = badge.color
    ctx.fillText(badge.text, right, middle + 0.5)
    right -= ctx.measureText(badge.text).width + 8
  }
  ctx.textAlign = 'left'
  ctx.font = `600 13px ${FONT}`
  ctx.fillStyle = palette.text
  ctx.fillText(text.fit(ctx, node.face.title, right - 27), 27, middle + 0.5)
}

function badgeOf(
  palette: Palette,
  { run, face, problems }: StudioNode,
): { text: string; color: string } | undefined {
  if (problems.some(({ severity }) => severity === 'error')) return { text: '● error', color: palette.error }
  switch (run?.status) {
    case 'running':
      return {
        text: run.total === undefined || run.total === 0 ? 'running' : `${run.done ?? 0}/${run.total}`,
        color: palette.running,
      }
    case 'done':
      return { text: duration(run.durationMs ?? 0), color: palette.done }
    case 'cached':
      return { text: 'cached', color: palette.cached }
    case 'failed':
      return { text: '● failed', color: palette.error }
    case 'blocked':
    case 'skipped':
      return { text: run.status, color: palette.textDim }
    default:
      if (face.kind === 'missing') return { text: 'missing', color: palette.error }
      if (face.kind === 'subgraph') return { text: 'subgraph ↗', color: palette.textDim }
      return face.model.mode === 2
        ? { text: 'muted', color: palette.textDim }
        : face.model.mode === 4
          ? { text: 'bypassed', color: palette.bypass }
          : undefined
  }
}

function duration(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`
}

function paintProgress({ ctx, palette }: Brush, { run }: StudioNode, width: number): void {
  if (run?.status !== 'running' || run.total === undefined || run.total <= 0) return
  ctx.fillStyle = palette.running
  ctx.fillRect(1, 0, (width - 2) * Math.min(1, (run.done ?? 0) / run.total), 3)
}

function paintPicture(
  ctx: CanvasRenderingContext2D,
  node: StudioNode,
  { image, widthPx, heightPx }: StudioNode['pictures'][number],
): void {
  if (node.flags.collapsed === true || widthPx === 0 || heightPx === 0) return
  const top = node.face.layout.resultY
  const room = { width: (node.size[0] ?? 0) - 16, height: (node.size[1] ?? 0) - top - 8 }
  if (room.width < 8 || room.height < 8) return
  const zoom = Math.min(room.width / widthPx, room.height / heightPx)
  const size = { width: widthPx * zoom, height: heightPx * zoom }
  ctx.imageSmoothingEnabled = zoom < 4
  ctx.drawImage(
    image,
    8 + (room.width - size.width) / 2,
    top + (room.height - size.height) / 2,
    size.width,
    size.height,
  )
}

/** A text that a run gave, such as a value to look at. */
function paintResultText({ ctx, palette, text }: Brush, node: StudioNode, shown: string): void {
  const top = node.face.layout.resultY
  const lines = Math.floor(((node.size[1] ?? 0) - top - 8) / RESULT_LINE_PX)
  if (lines < 1) return
  ctx.font = `12px ${MONO}`
  ctx.textAlign = 'left'
  ctx.textBaseline = 'middle'
  ctx.fillStyle = palette.text
  const wrapped = text.wrap(ctx, shown, { widthPx: (node.size[0] ?? 0) - 24, lines })
  for (const [index, line] of wrapped.entries()) ctx.fillText(line, 12, top + 9 + index * RESULT_LINE_PX)
}

/** Says below a node what is wrong with it; painted after all nodes, so that none covers it. */
export function paintErrors({ ctx, palette, text, scale }: Brush, node: StudioNode): void {
  if (scale < NEAR) return
  const [width = 0] = node.size
  const box = { width, height: node.flags.collapsed === true ? 0 : (node.size[1] ?? 0) }
  const problem = node.problems.find(({ severity }) => severity === 'error')?.message
  const message = problem ?? (node.run?.status === 'failed' ? node.run.message : undefined)
  if (message === undefined) return
  ctx.font = `12px ${FONT}`
  const lines = text.wrap(ctx, message, { widthPx: box.width - 20, lines: 5 })
  const height = errorStripPx(lines.length)
  ctx.beginPath()
  ctx.roundRect(0, box.height + 6, box.width, height, 6)
  ctx.fillStyle = palette.errorSoft
  ctx.fill()
  ctx.strokeStyle = palette.error
  ctx.lineWidth = 1
  ctx.stroke()
  ctx.fillStyle = palette.text
  ctx.textAlign = 'left'
  ctx.textBaseline = 'middle'
  for (const [index, line] of lines.entries()) ctx.fillText(line, 10, box.height + 6 + 13 + index * 15)
}

/** Colours of files are `#rgb`, `#rrggbb` or names; anything else is not a colour, and the theme's is used. */
const COLOR = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i

function headColor(palette: Palette, { face }: StudioNode): string {
  if (face.model.mode === 4) return palette.name === 'dark' ? '#3d2f5c' : '#e4d8fb'
  return face.model.color !== undefined && COLOR.test(face.model.color)
    ? tint(face.model.color, palette)
    : palette.nodeTitle
}

function bodyColor(palette: Palette, { face }: StudioNode): string {
  const { bgcolor } = face.model
  return bgcolor !== undefined && COLOR.test(bgcolor) ? tint(bgcolor, palette) : palette.node
}

/** Files hold colours for a dark canvas; on a light one they are mixed with white, so that the text stays readable. */
function tint(color: string, palette: Palette): string {
  if (palette.name === 'dark') return color
  const hex = color.length === 4 ? color.slice(1).replace(/./g, '$&$&') : color.slice(1)
  const [r = 0, g = 0, b = 0] = [0, 2, 4].map((at) =>
    Math.round(Number.parseInt(hex.slice(at, at + 2), 16) * 0.3 + 255 * 0.7),
  )
  return `rgb(${r} ${g} ${b})`
}

function runningColor(palette: Palette, { run }: StudioNode): string | undefined {
  return run?.status === 'running' ? palette.running : undefined
}

function statusColor(palette: Palette, { run }: StudioNode): string | undefined {
  switch (run?.status) {
    case 'running':
      return palette.running
    case 'done':
      return palette.done
    case 'cached':
      return palette.cached
    default:
      return undefined
  }
}
