/** Paints the settings of a node: numbers, switches, choices, texts, seeds, colours, and a missing node's kept values. */
import type { ParamManifest } from '@dicache/protocol'
import { isJsonArray } from '@dicache/protocol'
import { highlightPrompt } from '../state/document/highlight-prompt.ts'
import { afterRun, numeric, valueText, widgetValue } from '../state/document/widgets.ts'
import type { Row } from './node-layout.ts'
import type { Brush } from './brush.ts'
import type { StudioNode } from './studio-node.ts'
import { FONT, MONO } from './theme.ts'

export const FIELD_LEFT_PX = 12

/** Paints all rows of a node. */
export function paintRows(brush: Brush, node: StudioNode): void {
  const { ctx } = brush
  ctx.textBaseline = 'middle'
  const base = ctx.globalAlpha
  for (const row of node.face.layout.rows) {
    const linked = node.inputs.some(
      (input) => input.row === true && input.name === row.name && input.link !== null,
    )
    ctx.globalAlpha = linked ? base * 0.45 : base
    paintRow(brush, node, row)
  }
  ctx.globalAlpha = base
}

function paintRow(brush: Brush, node: StudioNode, row: Row): void {
  const { ctx, palette } = brush
  const width = (node.size[0] ?? 0) - 2 * FIELD_LEFT_PX
  const wrong = node.problems.some(({ input }) => input === row.name)
  ctx.beginPath()
  ctx.roundRect(FIELD_LEFT_PX, row.y, width, row.height, 5)
  ctx.fillStyle = wrong ? palette.errorSoft : palette.field
  ctx.fill()
  ctx.lineWidth = wrong ? 2 : 1
  ctx.strokeStyle = wrong ? palette.error : palette.fieldBorder
  ctx.stroke()
  const covered = brush.editing?.key === node.key && brush.editing.param === row.name
  if (covered) return
  switch (row.kind) {
    case 'value':
      line(brush, row, { label: `value ${Number(row.name) + 1}`, value: keptValue(node, row.name), width })
      return
    case 'control': {
      const param = row.param?.name ?? ''
      const control =
        node.face.manifest === undefined ? 'fixed' : afterRun(node.face.model, node.face.manifest, param)
      line(brush, row, { label: 'after each run', value: `${control} ▾`, width })
      return
    }
    case 'upload':
      ctx.font = `500 12px ${FONT}`
      ctx.textAlign = 'center'
      ctx.fillStyle = palette.accent
      ctx.fillText('Upload a picture…', FIELD_LEFT_PX + width / 2, row.y + row.height / 2)
      return
    case 'param':
      if (row.param !== undefined) paintParam(brush, node, { row, param: row.param, width })
  }
}

function keptValue(node: StudioNode, name: string): string {
  const { widgets } = node.face.model
  return isJsonArray(widgets)
    ? valueText(widgets[Number(name)])
    : (Object.entries(widgets).map(([key, value]) => `${key}: ${valueText(value)}`)[Number(name)] ?? '')
}

type Place = { readonly row: Row; readonly param: ParamManifest; readonly width: number }

function paintParam(brush: Brush, node: StudioNode, { row, param, width }: Place): void {
  const { ctx, palette } = brush
  const { manifest, model } = node.face
  const value = manifest === undefined ? undefined : widgetValue(model, manifest, param.name)
  const label = param.label ?? param.name
  const middle = row.y + row.height / 2
  switch (param.kind) {
    case 'boolean': {
      const on = value === true
      line(brush, row, { label, value: '', width })
      ctx.beginPath()
      ctx.roundRect(FIELD_LEFT_PX + width - 34, middle - 7, 26, 14, 7)
      ctx.fillStyle = on ? palette.accent : palette.fieldBorder
      ctx.fill()
      ctx.beginPath()
      ctx.arc(FIELD_LEFT_PX + width - (on ? 15 : 27), middle, 5, 0, Math.PI * 2)
      ctx.fillStyle = on ? palette.node : palette.textDim
      ctx.fill()
      return
    }
    case 'choice':
      line(brush, row, { label, value: `${valueText(value)} ▾`, width })
      return
    case 'text':
      if (param.multiline === true)
        paintText(brush, row, { text: valueText(value), placeholder: label, width })
      else line(brush, row, { label, value: valueText(value), width })
      return
    case 'int':
    case 'float':
    case 'seed': {
      const number = numeric(value)
      line(brush, row, { label, value: numberText(number, param), width, arrows: true })
      if (isColor(param) && number !== undefined) {
        ctx.beginPath()
        ctx.roundRect(FIELD_LEFT_PX + width - 100, middle - 6, 12, 12, 3)
        ctx.fillStyle = hexColor(number)
        ctx.fill()
        ctx.strokeStyle = palette.border
        ctx.stroke()
      }
    }
  }
}

/** Whether a whole number is a colour, 0xRRGGBB. */
export function isColor(param: ParamManifest): boolean {
  return param.kind === 'int' && param.max === 0xffffff && /colou?r/i.test(param.name)
}

export function hexColor(value: number | bigint): string {
  return `#${(Number(value) & 0xffffff).toString(16).padStart(6, '0')}`
}

/** A number in the precision of its setting. */
export function numberText(value: number | bigint | undefined, param: ParamManifest): string {
  if (value === undefined) return ''
  if (typeof value === 'bigint' || param.kind !== 'float') return String(value)
  const step = param.round ?? param.step
  const digits = Math.min(6, Math.max(1, Math.ceil(-Math.log10(step) - 1e-9)))
  const short = value.toFixed(digits)
  return Number(short) === value ? short : String(value)
}

type Line = {
  readonly label: string
  readonly value: string
  readonly width: number
  readonly arrows?: boolean
}

function line({ ctx, palette, text }: Brush, row: Row, { label, value, width, arrows = false }: Line): void {
  const middle = row.y + row.height / 2 + 0.5
  const inset = arrows ? 18 : 9
  ctx.font = `12px ${FONT}`
  ctx.textAlign = 'left'
  ctx.fillStyle = palette.textDim
  const name = text.fit(ctx, label, width * 0.55)
  ctx.fillText(name, FIELD_LEFT_PX + inset, middle)
  const room = width - 2 * inset - ctx.measureText(name).width - 10
  ctx.textAlign = 'right'
  ctx.fillStyle = palette.text
  ctx.fillText(text.fit(ctx, value, room), FIELD_LEFT_PX + width - inset, middle)
  if (!arrows) return
  ctx.fillStyle = palette.textDim
  triangle(ctx, { x: FIELD_LEFT_PX + 6, y: middle, to: 1 })
  triangle(ctx, { x: FIELD_LEFT_PX + width - 6, y: middle, to: -1 })
}

function triangle(ctx: CanvasRenderingContext2D, { x, y, to }: { x: number; y: number; to: 1 | -1 }): void {
  ctx.beginPath()
  ctx.moveTo(x, y)
  ctx.lineTo(x + 6 * to, y - 4)
  ctx.lineTo(x + 6 * to, y + 4)
  ctx.fill()
}

type TextBox = { readonly text: string; readonly placeholder: string; readonly width: number }

function paintText(
  { ctx, palette, text: fitter }: Brush,
  row: Row,
  { text, placeholder, width }: TextBox,
): void {
  ctx.textAlign = 'left'
  ctx.font = `12px ${MONO}`
  const lines = Math.max(1, Math.floor((row.height - 12) / 17))
  if (text === '') {
    ctx.fillStyle = palette.textDim
    ctx.fillText(placeholder, FIELD_LEFT_PX + 9, row.y + 15)
    return
  }
  const wrapped = fitter.wrap(ctx, text, { widthPx: width - 18, lines })
  for (const [index, part] of wrapped.entries()) {
    let x = FIELD_LEFT_PX + 9
    for (const piece of highlightPrompt(part)) {
      ctx.fillStyle = piece.kind === 'text' ? palette.text : palette.highlight[piece.kind]
      ctx.fillText(piece.text, x, row.y + 15 + index * 17)
      x += ctx.measureText(piece.text).width
    }
  }
}
