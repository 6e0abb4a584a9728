/** What every painting function is given. */
import { typesMatch } from '../state/document/types-match.ts'
import type { TextFitter } from './draw-text.ts'
import type { Palette } from './theme.ts'
import { typeColor } from './theme.ts'

/** A socket, as far as fitting goes. */
export type Socket = { readonly side: 'input' | 'output'; readonly type: string; readonly key: string }

/** Whether a dragged link could end at a socket. */
export function fitsDragged(dragged: Socket, socket: Socket): boolean {
  if (dragged.side === socket.side || dragged.key === socket.key) return false
  return dragged.side === 'output'
    ? typesMatch(dragged.type, socket.type)
    : typesMatch(socket.type, dragged.type)
}

/** What painting needs besides the node. */
export type Brush = {
  readonly ctx: CanvasRenderingContext2D
  readonly palette: Palette
  readonly text: TextFitter
  readonly scale: number
  readonly nowMs: number
  /** The socket that a link is being dragged from, if one is. */
  readonly dragging: Socket | undefined
  /** The setting that is being edited in a field of the page, which covers it. */
  readonly editing: { readonly key: string; readonly param: string } | undefined
}

/** The colour of a link of a type under a palette. */
export function colorOf(palette: Palette, type: string): string {
  return typeColor(type, palette.name)
}
