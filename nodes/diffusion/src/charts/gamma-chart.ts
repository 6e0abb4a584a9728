/** The blend factor of DCTA: γ as it was measured and as it was used, between the bounds of the clip. */
import type { Mark } from 'vega'
import type { ChartOptions, Panel } from './chart-frame.ts'
import { drawFrame } from './draw-frame.ts'
import type { LegendItem } from './legend.ts'
import { missing } from './missing.ts'
import { type Palette, paletteOf } from './palette.ts'
import type { Branch, SamplingReport } from './read-report.ts'
import { plain, policyLabel, stepAxis, valuesOf } from './step-axis.ts'

const TITLE = 'Blend factor γ, raw and clipped'

/** Draws γ of the blended evaluations: rings are raw values, discs what was used; a line joins the two where the clip bound. */
export function gammaChart(report: SamplingReport, options: ChartOptions = {}): Promise<string> {
  const palette = paletteOf(options.theme ?? 'light')
  const used = valuesOf(report, ({ gamma }) => gamma)
  const all = [...used, ...valuesOf(report, ({ gammaRaw }) => gammaRaw)]
  const x = stepAxis(report)
  if (all.length === 0) {
    const subtitle = policyLabel(report.policy)
    const sentence = 'No evaluation was blended by DCTA.'
    return drawFrame({ title: TITLE, subtitle, legend: [], x, panels: [missing(sentence, options)] }, options)
  }
  const { gammaClip } = report.policy
  const share = report.totals.gammaClippedShare
  const values = [...all, ...(gammaClip ?? [])]
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const room = 0.08 * Math.max(high - low, 0.1)
  const items: readonly LegendItem[] = [
    { label: 'γ raw', colour: 'dcta', shape: 'circle', hollow: true },
    { label: 'γ used', colour: 'dcta', shape: 'circle' },
    ...(gammaClip === undefined
      ? []
      : [
          {
            label: `clip ${plain(gammaClip[0])} … ${plain(gammaClip[1])}`,
            colour: 'limit',
            shape: 'stroke',
            dashed: true,
          } as const,
        ]),
  ]
  return drawFrame(
    {
      title: TITLE,
      subtitle: `${policyLabel(report.policy)} · ${used.length} blended evaluations${share === undefined ? '' : `, ${Math.round(share * 100)} % of them clipped`}`,
      legend: items,
      x,
      panels: report.branches.map((branch) =>
        panel(branch, { domain: [low - room, high + room], clip: gammaClip ?? [], palette }),
      ),
    },
    options,
  )
}

function panel(
  { name, evaluations }: Branch,
  chart: {
    readonly domain: readonly [number, number]
    readonly clip: readonly number[]
    readonly palette: Palette
  },
): Panel {
  const { palette } = chart
  const points = evaluations.flatMap(({ index, gamma, gammaRaw }) =>
    gamma === undefined ? [] : [{ at: index, gamma, raw: gammaRaw ?? gamma }],
  )
  const join: Mark = {
    type: 'rule',
    from: { data: 'points' },
    encode: {
      enter: {
        x: { scale: 'x', field: 'at' },
        y: { scale: 'y', field: 'raw' },
        y2: { scale: 'y', field: 'gamma' },
        stroke: { value: palette.dcta },
        strokeOpacity: { value: 0.6 },
      },
    },
  }
  return {
    heightPx: 120,
    label: name,
    y: { domain: chart.domain, title: 'blend factor γ' },
    data: [{ name: 'points', values: points }],
    marks: [
      ...chart.clip.map((bound) => boundRule(bound, palette)),
      join,
      disc('raw', palette, true),
      disc('gamma', palette, false),
    ],
  }
}

function disc(field: 'raw' | 'gamma', palette: Palette, hollow: boolean): Mark {
  return {
    type: 'symbol',
    from: { data: 'points' },
    encode: {
      enter: {
        x: { scale: 'x', field: 'at' },
        y: { scale: 'y', field },
        size: { value: hollow ? 60 : 50 },
        fill: { value: hollow ? palette.background : palette.dcta },
        stroke: { value: palette.dcta },
        strokeWidth: { value: hollow ? 1.75 : 0 },
      },
    },
  }
}

function boundRule(bound: number, palette: Palette): Mark {
  return {
    type: 'rule',
    encode: {
      enter: {
        x: { value: 0 },
        x2: { field: { group: 'width' } },
        y: { scale: 'y', value: bound },
        stroke: { value: palette.limit },
        strokeWidth: { value: 1.25 },
        strokeDash: { value: [6, 4] },
      },
    },
  }
}
