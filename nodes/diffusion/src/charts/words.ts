/** Text of a chart. */
import type { Mark } from 'vega'

/** Fonts in the order in which they are tried; pictures are drawn with the bundled one. */
export const FONT = 'system-ui, Segoe UI, Roboto, Noto Sans, DejaVu Sans, sans-serif'

export type WordStyle = {
  readonly x: number
  readonly y: number
  /** Pixels. */
  readonly size: number
  readonly weight: 400 | 600
  readonly colour: string
  /** Pixels. */
  readonly limit: number
  readonly align?: 'left' | 'right' | 'center'
  readonly baseline?: 'alphabetic' | 'middle'
}

/** A line of text; what is longer than `limit` ends in `…`. */
export function words(text: string, style: WordStyle): Mark {
  return {
    type: 'text',
    encode: {
      enter: {
        x: { value: style.x },
        y: { value: style.y },
        text: { value: text },
        font: { value: FONT },
        fontSize: { value: style.size },
        fontWeight: { value: style.weight },
        fill: { value: style.colour },
        // Vega measures without a font, and takes letters for wider than they are.
        limit: { value: style.limit * 1.5 },
        align: { value: style.align ?? 'left' },
        baseline: { value: style.baseline ?? 'alphabetic' },
      },
    },
  }
}
