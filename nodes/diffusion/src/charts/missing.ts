/** A panel that says why it is empty. */
import { type ChartOptions, type Panel, plotWidth } from './chart-frame.ts'
import { paletteOf } from './palette.ts'
import { words } from './words.ts'

/** A flat panel with one sentence in its middle. */
export function missing(sentence: string, options: ChartOptions): Panel {
  const width = plotWidth(options)
  return {
    heightPx: 44,
    data: [],
    marks: [
      words(sentence, {
        x: width / 2,
        y: 22,
        size: 12.5,
        weight: 400,
        colour: paletteOf(options.theme ?? 'light').muted,
        limit: width,
        align: 'center',
        baseline: 'middle',
      }),
    ],
  }
}
