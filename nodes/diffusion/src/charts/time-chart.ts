/** How long each evaluation took. */
import type { ChartOptions, Panel } from './chart-frame.ts'
import { drawFrame } from './draw-frame.ts'
import { missing } from './missing.ts'
import { decisionStyle, type Palette, paletteOf } from './palette.ts'
import type { Branch, SamplingReport } from './read-report.ts'
import { decisionLegend } from './skip-timeline.ts'
import { plain, policyLabel, stepAxis, valuesOf } from './step-axis.ts'

/** Draws the milliseconds of wall clock of each evaluation, a branch's share of calls that served several. */
export function timeChart(report: SamplingReport, options: ChartOptions = {}): Promise<string> {
  const palette = paletteOf(options.theme ?? 'light')
  const times = valuesOf(report, ({ ms }) => ms)
  const { msPerFullStep, msPerReusedStep } = report.totals
  const subtitle = [
    policyLabel(report.policy),
    ...(msPerFullStep === undefined ? [] : [`computed ${plain(msPerFullStep)} ms on average`]),
    ...(msPerReusedStep === undefined ? [] : [`reused ${plain(msPerReusedStep)} ms`]),
  ].join(' · ')
  const top = 1.08 * Math.max(...times, 0)
  const frame = { title: 'Time of each evaluation', subtitle, x: stepAxis(report) }
  if (top === 0) {
    const panels = [missing('This report holds no times.', options)]
    return drawFrame({ ...frame, legend: [], panels }, options)
  }
  const panels = report.branches.map((branch) => panel(branch, top, palette))
  return drawFrame({ ...frame, legend: decisionLegend(report), panels }, options)
}

function panel({ name, evaluations }: Branch, top: number, palette: Palette): Panel {
  const values = evaluations.flatMap(({ index, decision, ms }) =>
    ms === undefined
      ? []
      : [
          {
            from: index - 0.4,
            to: index + 0.4,
            value: ms,
            fill: palette[decisionStyle(decision).colour],
          },
        ],
  )
  return {
    heightPx: 110,
    label: name,
    y: { domain: [0, top], title: 'ms' },
    data: [{ name: 'times', values }],
    marks: [
      {
        type: 'rect',
        from: { data: 'times' },
        encode: {
          enter: {
            x: { scale: 'x', field: 'from' },
            x2: { scale: 'x', field: 'to' },
            y: { scale: 'y', field: 'value' },
            y2: { scale: 'y', value: 0 },
            fill: { field: 'fill' },
          },
        },
      },
    ],
  }
}
