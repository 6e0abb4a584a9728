/** Paints what lies behind the nodes: the grid, groups, and links. */
import type { LGraphCanvas, LGraphGroup, LLink } from 'litegraph.js/build/litegraph.core.js'
import type { Point } from '../state/document/document.ts'
import { colorOf } from './brush.ts'
import type { Brush } from './brush.ts'
import { FONT } from './theme.ts'
import type { Palette } from './theme.ts'

type View = {
  readonly width: number
  readonly height: number
  readonly scale: number
  readonly x: number
  readonly y: number
}

const GRID_PX = 40
/** More links than this are straight lines when they are looked at from afar. */
const MANY_LINKS = 600
export const GROUP_HEAD_PX = 34

/** Background and grid, in the page's pixels. */
export function paintGrid(ctx: CanvasRenderingContext2D, palette: Palette, view: View): void {
  ctx.fillStyle = palette.background
  ctx.fillRect(0, 0, view.width, view.height)
  let step = GRID_PX * view.scale
  while (step < 22) step *= 2
  ctx.fillStyle = palette.grid
  ctx.beginPath()
  for (let x = (view.x * view.scale) % step; x < view.width; x += step) {
    ctx.rect(Math.round(x), 0, 1, view.height)
  }
  for (let y = (view.y * view.scale) % step; y < view.height; y += step) {
    ctx.rect(0, Math.round(y), view.width, 1)
  }
  ctx.fill()
}

export function paintGroups({ ctx, palette, text, scale }: Brush, groups: readonly LGraphGroup[]): void {
  for (const group of groups) {
    const [x = 0, y = 0, width = 0, height = 0] = group._bounding
    const color = /^#[0-9a-f]{3,6}$/i.test(group.color) ? group.color : palette.accent
    ctx.globalAlpha = palette.name === 'dark' ? 0.16 : 0.14
    ctx.fillStyle = color
    ctx.beginPath()
    ctx.roundRect(x, y, width, height, 10)
    ctx.fill()
    ctx.globalAlpha = 0.3
    ctx.beginPath()
    ctx.roundRect(x, y, width, GROUP_HEAD_PX, [10, 10, 0, 0])
    ctx.fill()
    ctx.globalAlpha = 0.8
    ctx.strokeStyle = color
    ctx.lineWidth = 1
    ctx.beginPath()
    ctx.roundRect(x, y, width, height, 10)
    ctx.stroke()
    ctx.beginPath()
    ctx.moveTo(x + width - 4, y + height - 14)
    ctx.lineTo(x + width - 4, y + height - 4)
    ctx.lineTo(x + width - 14, y + height - 4)
    ctx.stroke()
    ctx.globalAlpha = 1
    if (scale < 0.16) continue
    ctx.font = `600 ${Math.max(16, Math.min(28, Math.round(9.5 / scale)))}px ${FONT}`
    ctx.textAlign = 'left'
    ctx.textBaseline = 'middle'
    ctx.fillStyle = palette.text
    ctx.fillText(text.fit(ctx, group.title, width - 24), x + 12, y + GROUP_HEAD_PX / 2)
  }
}

/** Adds the curve of a link to the current path. */
export function linkCurve(ctx: CanvasRenderingContext2D, [ax, ay]: Point, [bx, by]: Point): void {
  const reach = Math.min(140, Math.max(28, Math.hypot(bx - ax, by - ay) * 0.32))
  ctx.moveTo(ax, ay)
  ctx.bezierCurveTo(ax + reach, ay, bx - reach, by, bx, by)
}

const from = new Float32Array(2)
const to = new Float32Array(2)

/** Paints all links in view, one path a colour, and notes where their middles are. */
export function paintLinks(brush: Brush, canvas: LGraphCanvas): void {
  const { ctx, palette, scale } = brush
  const [left = 0, top = 0, width = 0, height = 0] = canvas.visible_area
  const { graph } = canvas
  const visible = canvas.visible_links
  visible.length = 0
  const byColor = new Map<string, LLink[]>()
  const chosen: LLink[] = []
  for (const id in graph.links) {
    const link = graph.links[id]
    const origin = link && graph._nodes_by_id[link.origin_id]
    const target = link && graph._nodes_by_id[link.target_id]
    if (link === undefined || origin === undefined || target === undefined) continue
    origin.getConnectionPos(false, link.origin_slot, from)
    target.getConnectionPos(true, link.target_slot, to)
    const [ax = 0, ay = 0] = from
    const [bx = 0, by = 0] = to
    if (Math.max(ax, bx) + 60 < left || Math.min(ax, bx) - 60 > left + width) continue
    if (Math.max(ay, by) < top || Math.min(ay, by) > top + height) continue
    link._pos[0] = (ax + bx) / 2
    link._pos[1] = (ay + by) / 2
    ends.set(link, [ax, ay, bx, by])
    visible.push(link)
    const highlighted = origin.is_selected === true || target.is_selected === true
    if (highlighted) chosen.push(link)
    else {
      const color = colorOf(palette, link.type)
      const list = byColor.get(color)
      if (list === undefined) byColor.set(color, [link])
      else list.push(link)
    }
  }
  const far = scale < 0.16 || (scale < 0.4 && visible.length > MANY_LINKS)
  ctx.lineWidth = far ? Math.max(1.2, 1 / scale) : 2.5
  ctx.globalAlpha = palette.name === 'dark' ? 0.75 : 0.85
  for (const [color, links] of byColor) {
    ctx.strokeStyle = color
    ctx.beginPath()
    for (const link of links) trace(ctx, link, far)
    ctx.stroke()
  }
  ctx.globalAlpha = 1
  ctx.lineWidth = far ? 2 / scale : 3.5
  for (const link of chosen) {
    ctx.strokeStyle = colorOf(palette, link.type)
    ctx.beginPath()
    trace(ctx, link, far)
    ctx.stroke()
  }
  if (far) return
  for (const link of visible) {
    const over = canvas.over_link_center === link
    ctx.fillStyle = colorOf(palette, link.type)
    ctx.beginPath()
    ctx.arc(link._pos[0] ?? 0, link._pos[1] ?? 0, over ? 6 : 3, 0, Math.PI * 2)
    ctx.fill()
  }
}

const ends = new WeakMap<LLink, readonly [number, number, number, number]>()

function trace(ctx: CanvasRenderingContext2D, link: LLink, straight: boolean): void {
  const [ax, ay, bx, by] = ends.get(link) ?? [0, 0, 0, 0]
  if (straight) {
    ctx.moveTo(ax, ay)
    ctx.lineTo(bx, by)
  } else linkCurve(ctx, [ax, ay], [bx, by])
}
