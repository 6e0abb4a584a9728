/** Places the labels of points so that they cover neither points nor each other, where there is room. */

export type Labelled = { readonly text: string; readonly x: number; readonly y: number }

export type PlacedLabel = Labelled & { readonly align: 'left' | 'right' | 'center' }

type Box = { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number }

const LETTER = 6.8
const LINE = 15
const POINT = 7

/** A place beside each point: right, left, above or below of it, the first that is free; all in pixels of the plot. */
export function placeLabels(
  labels: readonly Labelled[],
  plot: { readonly width: number; readonly height: number },
): readonly PlacedLabel[] {
  const taken: Box[] = labels.map(({ x, y }) => boxAround(x, y, 2 * POINT, 2 * POINT))
  return labels.map((label, own) => {
    const candidates = around(label).map((placed) => ({ placed, box: boxOf(placed) }))
    const costs = candidates.map(({ box }) => {
      const covered = taken.reduce((sum, other, index) => sum + (index === own ? 0 : overlap(box, other)), 0)
      return covered + 10 * outside(box, plot)
    })
    const best = candidates[costs.indexOf(Math.min(...costs))]
    if (best === undefined) throw new RangeError('a label without a place')
    taken.push(best.box)
    return best.placed
  })
}

function around({ text, x, y }: Labelled): readonly PlacedLabel[] {
  const aside = POINT + 4
  return [
    { text, x: x + aside, y, align: 'left' },
    { text, x: x - aside, y, align: 'right' },
    { text, x, y: y - LINE, align: 'center' },
    { text, x, y: y + LINE, align: 'center' },
    { text, x: x + aside, y: y - LINE, align: 'left' },
    { text, x: x + aside, y: y + LINE, align: 'left' },
    { text, x: x - aside, y: y - LINE, align: 'right' },
    { text, x: x - aside, y: y + LINE, align: 'right' },
  ]
}

function boxOf({ text, x, y, align }: PlacedLabel): Box {
  const width = text.length * LETTER
  const middle = align === 'center' ? x : align === 'left' ? x + width / 2 : x - width / 2
  return boxAround(middle, y, width, LINE)
}

function boxAround(x: number, y: number, width: number, height: number): Box {
  return { left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 }
}

/** Shared area, square pixels. */
function overlap(a: Box, b: Box): number {
  const across = Math.min(a.right, b.right) - Math.max(a.left, b.left)
  const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)
  return across > 0 && down > 0 ? across * down : 0
}

/** How far a box leaves the plot, in pixels; above and below there is room for half a line. */
function outside(box: Box, plot: { readonly width: number; readonly height: number }): number {
  const over = (value: number): number => Math.max(0, value)
  return (
    over(-box.left) +
    over(box.right - plot.width - 12) +
    over(-LINE / 2 - box.top) +
    over(box.bottom - plot.height)
  )
}
