/** Text on a canvas: cut to a width, wrapped into lines, measured once. */

/** Nothing longer than this is measured; no row of the canvas shows more. */
const MAX_CHARS = 600
const MAX_KEPT = 6000

/** Measures and cuts text, and remembers what it found. */
export type TextFitter = {
  /** The text, or as much of it as fits with an ellipsis. */
  readonly fit: (ctx: CanvasRenderingContext2D, text: string, widthPx: number) => string
  /** The lines of a text; the last one ends in an ellipsis when there are more. */
  readonly wrap: (
    ctx: CanvasRenderingContext2D,
    text: string,
    box: { widthPx: number; lines: number },
  ) => readonly string[]
}

export function createTextFitter(): TextFitter {
  const kept = new Map<string, readonly string[]>()
  const remember = (key: string, make: () => readonly string[]): readonly string[] => {
    const known = kept.get(key)
    if (known !== undefined) return known
    if (kept.size > MAX_KEPT) kept.clear()
    const made = make()
    kept.set(key, made)
    return made
  }
  return {
    fit(ctx, text, widthPx) {
      const short = clean(text)
      const key = `${ctx.font}|${Math.round(widthPx)}|${short}`
      return remember(key, () => [cut(ctx, short, widthPx)])[0] ?? ''
    },
    wrap(ctx, text, { widthPx, lines }) {
      const short = text.slice(0, 4 * MAX_CHARS)
      const key = `${ctx.font}|${Math.round(widthPx)}x${lines}|${short}`
      return remember(key, () => wrapLines(ctx, short, { widthPx, lines }))
    },
  }
}

/** Control characters have no picture; those that change the direction of text would change what stands beside it. */
function clean(text: string): string {
  return text.slice(0, MAX_CHARS).replace(/\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu, ' ')
}

function cut(ctx: CanvasRenderingContext2D, text: string, widthPx: number): string {
  if (widthPx <= 0) return ''
  if (ctx.measureText(text).width <= widthPx) return text
  let low = 0
  let high = text.length
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (ctx.measureText(`${text.slice(0, middle)}…`).width <= widthPx) low = middle
    else high = middle - 1
  }
  return low === 0 ? '' : `${text.slice(0, low).trimEnd()}…`
}

function wrapLines(
  ctx: CanvasRenderingContext2D,
  text: string,
  { widthPx, lines }: { widthPx: number; lines: number },
): readonly string[] {
  const out: string[] = []
  for (const paragraph of text.split('\n')) {
    let line = ''
    for (const word of paragraph.split(/(?<=\s)/)) {
      if (out.length >= lines) return endWithEllipsis(ctx, out, widthPx)
      if (line === '' || ctx.measureText(clean(line + word)).width <= widthPx) {
        line += word
        // One word that is wider than the box is broken where it must be.
        while (ctx.measureText(clean(line)).width > widthPx && line.length > 1) {
          const head = cut(ctx, clean(line), widthPx).replace(/…$/, '')
          if (head === '' || out.length >= lines) break
          out.push(head)
          line = line.slice(head.length)
        }
      } else {
        out.push(clean(line))
        line = word
      }
    }
    if (out.length >= lines) return endWithEllipsis(ctx, out, widthPx)
    out.push(clean(line))
  }
  return out
}

function endWithEllipsis(ctx: CanvasRenderingContext2D, lines: string[], widthPx: number): readonly string[] {
  const last = lines.at(-1)
  return last === undefined ? lines : [...lines.slice(0, -1), cut(ctx, `${last.trimEnd()}…`, widthPx)]
}
