/** The legend of a chart: symbols with words, in as many lines as the width asks for. */
import type { Mark } from 'vega'
import type { ColourName, Palette } from './palette.ts'
import { words } from './words.ts'

export type LegendItem = {
  readonly label: string
  readonly colour: ColourName
  /** A shape of Vega; `stroke` is a line. @defaultValue 'square' */
  readonly shape?: string
  readonly hollow?: boolean
  readonly dashed?: boolean
}

const LINE = 20
const SIZE = 12
/** Width of a letter at 12 px, rather too wide than too narrow. */
const LETTER = 6.6

/** Places the items. `heightPx` is 0 without any. */
export function layLegend(
  items: readonly LegendItem[],
  place: { readonly x: number; readonly y: number; readonly width: number; readonly palette: Palette },
): { readonly marks: readonly Mark[]; readonly heightPx: number } {
  const marks: Mark[] = []
  let x = 0
  let line = 0
  for (const item of items) {
    const wide = SIZE + 10 + item.label.length * LETTER + 16
    if (x > 0 && x + wide > place.width) {
      x = 0
      line += 1
    }
    const [left, middle] = [place.x + x, place.y + line * LINE]
    marks.push(
      symbol(item, { x: left + SIZE / 2, y: middle, palette: place.palette }),
      words(item.label, {
        x: left + SIZE + 7,
        y: middle,
        size: 12,
        weight: 400,
        colour: place.palette.muted,
        limit: place.width,
        baseline: 'middle',
      }),
    )
    x += wide
  }
  return { marks, heightPx: items.length === 0 ? 0 : (line + 1) * LINE }
}

function symbol(
  { colour, shape = 'square', hollow = false, dashed = false }: LegendItem,
  place: { readonly x: number; readonly y: number; readonly palette: Palette },
): Mark {
  const outlined = hollow || shape === 'stroke'
  return {
    type: 'symbol',
    encode: {
      enter: {
        x: { value: place.x },
        y: { value: place.y },
        shape: { value: shape },
        size: { value: shape === 'stroke' ? 260 : 100 },
        ...(outlined ? {} : { fill: { value: place.palette[colour] } }),
        stroke: { value: place.palette[colour] },
        strokeWidth: { value: outlined ? 2 : 0 },
        ...(dashed ? { strokeDash: { value: [5, 3] } } : {}),
      },
    },
  }
}
