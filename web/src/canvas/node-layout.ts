/** Where everything on a node is: sockets, settings, pictures. Pure arithmetic, the same for drawing and for clicks. */
import { hasControl } from '@dicache/protocol'
import type { ParamManifest } from '@dicache/protocol'
import { controlName } from '../state/document/widgets.ts'
import type { GraphNode } from '../state/document/document.ts'

export const TITLE_PX = 30
export const SLOT_PX = 20
export const ROW_PX = 24
export const ROW_GAP_PX = 2
const PAD_PX = 6
const MIN_TEXT_PX = 64
const MIN_RESULT_PX = 110
const ERROR_LINE_PX = 15

/** One row below the sockets. `control` is what happens to a seed after a run; `value` is a missing node's kept value. */
export type Row = {
  readonly kind: 'param' | 'control' | 'upload' | 'value'
  readonly name: string
  readonly param?: ParamManifest
  readonly y: number
  readonly height: number
}

/** A node's inside, in pixels from its upper left corner below the title. */
export type NodeLayout = {
  readonly rows: readonly Row[]
  readonly plainInputs: number
  readonly resultY: number
  readonly minHeight: number
  readonly height: number
}

export type LayoutRequest = {
  readonly node: GraphNode
  readonly params: readonly ParamManifest[] | undefined
  readonly keptValues: number
  readonly hasResult: boolean
}

/** Lays a node out at its saved size, or larger where it needs more. */
export function layoutNode({ node, params, keptValues, hasResult }: LayoutRequest): NodeLayout {
  const plainInputs = node.inputs.filter(({ widget }) => widget === undefined).length
  const top = Math.max(plainInputs, node.outputs.length) * SLOT_PX + PAD_PX
  const plan = planRows(params, keptValues)
  const fixed = plan.reduce((sum, row) => sum + (row.grows ? MIN_TEXT_PX : ROW_PX) + ROW_GAP_PX, 0)
  const result = hasResult ? MIN_RESULT_PX : 0
  const minHeight = top + fixed + result + PAD_PX
  const height = Math.max(node.size[1], minHeight)
  const growing = plan.filter(({ grows }) => grows).length
  const spare = height - minHeight
  // Pictures and texts that a run gave take the room that is left; without one, long texts share it.
  const extra = hasResult || growing === 0 ? 0 : Math.floor(spare / growing)
  let y = top
  const rows = plan.map(({ grows, ...row }): Row => {
    const rowHeight = grows ? MIN_TEXT_PX + extra : ROW_PX
    const placed = { ...row, y, height: rowHeight }
    y += rowHeight + ROW_GAP_PX
    return placed
  })
  return { rows, plainInputs, resultY: y + 2, minHeight, height }
}

type Planned = Omit<Row, 'y' | 'height'> & { readonly grows: boolean }

function planRows(params: readonly ParamManifest[] | undefined, keptValues: number): readonly Planned[] {
  if (params === undefined) {
    return Array.from({ length: Math.min(keptValues, 24) }, (_, index) => ({
      kind: 'value',
      name: String(index),
      grows: false,
    }))
  }
  return params
    .filter(({ socketOnly }) => !socketOnly)
    .flatMap((param): Planned[] => {
      const grows = param.kind === 'text' && param.multiline === true
      const own: Planned = { kind: 'param', name: param.name, param, grows }
      if (hasControl(param))
        return [own, { kind: 'control', name: controlName(param.name), param, grows: false }]
      if (param.kind === 'choice' && param.upload !== undefined) {
        return [own, { kind: 'upload', name: `upload:${param.name}`, param, grows: false }]
      }
      return [own]
    })
}

/** How tall the strip is that says what is wrong with a node. */
export function errorStripPx(lines: number): number {
  return lines * ERROR_LINE_PX + 12
}

/** The row at a height, if there is one. */
export function rowAt(layout: NodeLayout, y: number): Row | undefined {
  return layout.rows.find((row) => y >= row.y && y < row.y + row.height)
}
