/** Which evaluations were computed and which were answered from the cache: one strip a branch. */
import type { ChartOptions, Panel } from './chart-frame.ts'
import { drawFrame } from './draw-frame.ts'
import type { LegendItem } from './legend.ts'
import { decisionStyle, type Palette, paletteOf } from './palette.ts'
import type { Branch, SamplingReport } from './read-report.ts'
import { runSubtitle, stepAxis } from './step-axis.ts'
import { words } from './words.ts'

const HEIGHT = 30

/** Draws the timeline: computed evaluations as tall bars, reused ones as low bars, coloured by decision. */
export function skipTimeline(report: SamplingReport, options: ChartOptions = {}): Promise<string> {
  const palette = paletteOf(options.theme ?? 'light')
  return drawFrame(
    {
      title: 'Computed and reused steps',
      subtitle: runSubtitle(report),
      legend: decisionLegend(report),
      x: stepAxis(report),
      panels: report.branches.map((branch) => strip(branch, palette)),
    },
    options,
  )
}

/** The decisions that a run has, in the order in which they came. */
export function decisionLegend(report: SamplingReport): readonly LegendItem[] {
  const found = new Map<string, LegendItem>()
  for (const { evaluations } of report.branches)
    for (const { decision } of evaluations) found.set(decision, decisionStyle(decision))
  return [...found.values()]
}

function strip({ name, evaluations }: Branch, palette: Palette): Panel {
  const values = evaluations.map(({ index, decision, computed }) => ({
    from: index - 0.46,
    to: index + 0.46,
    height: computed ? 1 : 0.45,
    fill: palette[decisionStyle(decision).colour],
  }))
  return {
    heightPx: HEIGHT,
    data: [{ name: 'steps', values }],
    marks: [
      words(name, {
        x: -10,
        y: HEIGHT / 2,
        size: 12,
        weight: 600,
        colour: palette.ink,
        limit: 54,
        align: 'right',
        baseline: 'middle',
      }),
      {
        type: 'rect',
        from: { data: 'steps' },
        encode: {
          enter: {
            x: { scale: 'x', field: 'from' },
            x2: { scale: 'x', field: 'to' },
            y: { scale: 'y', field: 'height' },
            y2: { scale: 'y', value: 0 },
            fill: { field: 'fill' },
          },
        },
      },
    ],
  }
}
