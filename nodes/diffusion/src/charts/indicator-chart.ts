/** What the gate saw: the change of each step, its accumulated sum as a sawtooth, and the threshold it is tested against. */
import type { Mark } from 'vega'
import type { ChartOptions, Panel } from './chart-frame.ts'
import { drawFrame } from './draw-frame.ts'
import type { LegendItem } from './legend.ts'
import { missing } from './missing.ts'
import { type Palette, paletteOf } from './palette.ts'
import type { Branch, Evaluation, SamplingReport } from './read-report.ts'
import { plain, policyLabel, stepAxis, valuesOf } from './step-axis.ts'

/** Draws indicator and accumulator; a computed evaluation sets the accumulator back to 0. */
export function indicatorChart(report: SamplingReport, options: ChartOptions = {}): Promise<string> {
  const palette = paletteOf(options.theme ?? 'light')
  const { threshold, indicator } = report.policy
  const highest = Math.max(
    0,
    ...valuesOf(report, (evaluation) => evaluation.indicator),
    ...valuesOf(report, ({ accumulator }) => accumulator),
  )
  const top = 1.12 * Math.max(highest, threshold ?? 0)
  const name = indicator === undefined ? 'change of the step' : indicatorName(indicator)
  const items: readonly LegendItem[] = [
    { label: `${name}, this step`, colour: 'axis' },
    { label: 'accumulated, tested', colour: 'refreshed', shape: 'stroke' },
    ...(threshold === undefined
      ? []
      : [
          {
            label: `threshold δ ${plain(threshold)}`,
            colour: 'limit',
            shape: 'stroke',
            dashed: true,
          } as const,
        ]),
  ]
  const title = 'Change indicator and accumulator'
  const x = stepAxis(report)
  if (highest === 0) {
    const subtitle = policyLabel(report.policy)
    return drawFrame(
      { title, subtitle, legend: [], x, panels: [missing('This run measured no change.', options)] },
      options,
    )
  }
  return drawFrame(
    {
      title,
      subtitle: `${policyLabel(report.policy)} · mean |change| ÷ mean |before|`,
      legend: items,
      x,
      panels: report.branches.map((branch) => panel(branch, { top, threshold, palette })),
    },
    options,
  )
}

function indicatorName(indicator: string): string {
  return indicator === 'delta_y' ? 'Δy' : indicator === 'delta_minus' ? '|Δy − Δx|' : indicator
}

/** The way of the accumulator: the tested value, and back to 0 where the evaluation was computed. */
function sawtooth(evaluations: readonly Evaluation[]): readonly { at: number; value: number }[] {
  let last = 0
  return evaluations.flatMap(({ index, accumulator, computed }) => {
    const before = { at: index, value: accumulator ?? last }
    last = computed ? 0 : before.value
    return computed ? [before, { at: index, value: 0 }] : [before]
  })
}

function panel(
  { name, evaluations }: Branch,
  chart: { readonly top: number; readonly threshold: number | undefined; readonly palette: Palette },
): Panel {
  const { palette, threshold } = chart
  const bars = evaluations.flatMap(({ index, indicator }) =>
    indicator === undefined ? [] : [{ from: index - 0.3, to: index + 0.3, value: indicator }],
  )
  const tested = evaluations.flatMap(({ index, accumulator, computed }) =>
    accumulator === undefined
      ? []
      : [{ at: index, value: accumulator, fill: palette[computed ? 'refreshed' : 'dcta'] }],
  )
  return {
    heightPx: 130,
    label: name,
    y: { domain: [0, chart.top], title: 'relative change' },
    data: [
      { name: 'bars', values: bars },
      { name: 'way', values: [...sawtooth(evaluations)] },
      { name: 'tested', values: tested },
    ],
    marks: [
      {
        type: 'rect',
        from: { data: 'bars' },
        encode: {
          enter: {
            x: { scale: 'x', field: 'from' },
            x2: { scale: 'x', field: 'to' },
            y: { scale: 'y', field: 'value' },
            y2: { scale: 'y', value: 0 },
            fill: { value: palette.axis },
            fillOpacity: { value: 0.55 },
          },
        },
      },
      {
        type: 'line',
        from: { data: 'way' },
        encode: {
          enter: {
            x: { scale: 'x', field: 'at' },
            y: { scale: 'y', field: 'value' },
            stroke: { value: palette.refreshed },
            strokeWidth: { value: 1.75 },
            strokeJoin: { value: 'round' },
          },
        },
      },
      {
        type: 'symbol',
        from: { data: 'tested' },
        encode: {
          enter: {
            x: { scale: 'x', field: 'at' },
            y: { scale: 'y', field: 'value' },
            size: { value: 56 },
            fill: { field: 'fill' },
            stroke: { value: palette.background },
            strokeWidth: { value: 1 },
          },
        },
      },
      ...(threshold === undefined ? [] : thresholdMarks(threshold, palette)),
    ],
  }
}

function thresholdMarks(threshold: number, palette: Palette): readonly Mark[] {
  return [
    {
      type: 'rule',
      encode: {
        enter: {
          x: { value: 0 },
          x2: { field: { group: 'width' } },
          y: { scale: 'y', value: threshold },
          stroke: { value: palette.limit },
          strokeWidth: { value: 1.5 },
          strokeDash: { value: [6, 4] },
        },
      },
    },
  ]
}
