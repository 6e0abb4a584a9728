/** What all charts share: heading, legend, panels above each other on one horizontal axis. */
import type { Axis, Data, Mark, Scale, Spec } from 'vega'
import { layLegend, type LegendItem } from './legend.ts'
import { type ChartTheme, type Palette, paletteOf } from './palette.ts'
import { FONT, words } from './words.ts'

export type ChartOptions = {
  /** @defaultValue 'light' */
  readonly theme?: ChartTheme
  /** Below 520 px labels stand closer, for a phone. @defaultValue 900 */
  readonly widthPx?: number
}

/** One plot. Its marks see the scales `x` and `y`, and its own data. */
export type Panel = {
  readonly heightPx: number
  /** Stands above the plot. */
  readonly label?: string
  /** Without it the panel has no vertical axis, and `y` runs from 0 to 1. */
  readonly y?: { readonly domain: readonly [number, number]; readonly title: string }
  readonly data: readonly Data[]
  readonly marks: readonly Mark[]
}

export type HorizontalAxis = {
  readonly domain: readonly [number, number]
  readonly title: string
  /** Ticks at whole numbers only. */
  readonly whole?: boolean
  readonly suffix?: string
  readonly grid?: boolean
}

export type ChartFrame = {
  readonly title: string
  readonly subtitle: string
  readonly legend: readonly LegendItem[]
  readonly x: HorizontalAxis
  readonly panels: readonly Panel[]
}

const LEFT = 66
const RIGHT = 22
const GAP = 20
const LINE = 17
/** Width of a letter of the subtitle. */
const LETTER = 6.8
const LABEL = 18
const BOTTOM = 50

/** Width of the plot itself. */
export function plotWidth(options: ChartOptions): number {
  return (options.widthPx ?? 900) - LEFT - RIGHT
}

/** Lays a chart out; the height follows from its panels. */
export function frameChart(frame: ChartFrame, options: ChartOptions): Spec {
  const palette = paletteOf(options.theme ?? 'light')
  const width = options.widthPx ?? 900
  const lines = linesOf(frame.subtitle, width - 32)
  const below = 43 + lines.length * LINE
  const legend = layLegend(frame.legend, { x: LEFT, y: below, width: width - LEFT - RIGHT, palette })
  const groups: Mark[] = []
  let top = below - 2 + legend.heightPx
  for (const [index, panel] of frame.panels.entries()) {
    top += panel.label === undefined ? 0 : LABEL
    groups.push(
      group(panel, { top, last: index === frame.panels.length - 1, x: frame.x, width: plotWidth(options) }),
    )
    if (panel.label !== undefined) groups.push(label(panel.label, top - 6, palette))
    top += panel.heightPx + GAP
  }
  return {
    $schema: 'https://vega.github.io/schema/vega/v6.json',
    width,
    height: top - GAP + BOTTOM,
    padding: 0,
    autosize: 'none',
    background: palette.background,
    config: {
      style: { cell: { stroke: 'transparent' } },
      axis: {
        labelColor: palette.muted,
        titleColor: palette.ink,
        tickColor: palette.axis,
        domainColor: palette.axis,
        gridColor: palette.grid,
        labelFont: FONT,
        titleFont: FONT,
        labelFontSize: 12,
        titleFontSize: 12,
        titleFontWeight: 'normal',
        labelFlush: false,
      },
    },
    marks: [...heading({ title: frame.title, lines }, width, palette), ...legend.marks, ...groups],
  }
}

function group(
  panel: Panel,
  place: { readonly top: number; readonly last: boolean; readonly x: HorizontalAxis; readonly width: number },
): Mark {
  const { x, width } = place
  const scales: Scale[] = [
    { name: 'x', type: 'linear', domain: [...x.domain], range: [0, width], zero: false },
    {
      name: 'y',
      type: 'linear',
      domain: [...(panel.y?.domain ?? [0, 1])],
      range: [panel.heightPx, 0],
      zero: false,
    },
  ]
  const bottom: Axis = {
    orient: 'bottom',
    scale: 'x',
    tickCount: Math.max(3, Math.round(width / 60)),
    labelOverlap: true,
    grid: x.grid ?? false,
    ...(x.whole === true ? { tickMinStep: 1, format: 'd' } : {}),
    ...(x.suffix === undefined
      ? {}
      : {
          encode: {
            labels: { update: { text: { signal: `datum.label + ${JSON.stringify(x.suffix)}` } } },
          },
        }),
    ...(place.last ? { title: x.title, titlePadding: 8 } : { labels: false, ticks: false }),
  }
  const left: Axis[] =
    panel.y === undefined
      ? []
      : [
          {
            orient: 'left',
            scale: 'y',
            title: panel.y.title,
            grid: true,
            tickCount: Math.max(2, Math.round(panel.heightPx / 30)),
            titleX: -50,
            titleAnchor: 'middle',
          },
        ]
  return {
    type: 'group',
    encode: {
      enter: {
        x: { value: LEFT },
        y: { value: place.top },
        width: { value: width },
        height: { value: panel.heightPx },
      },
    },
    // The grid's lines are as long as these two say.
    signals: [
      { name: 'width', value: width },
      { name: 'height', value: panel.heightPx },
    ],
    data: [...panel.data],
    scales,
    axes: [...left, bottom],
    marks: [...panel.marks],
  }
}

function heading(
  { title, lines }: { readonly title: string; readonly lines: readonly string[] },
  width: number,
  palette: Palette,
): Mark[] {
  const limit = width - 32
  return [
    words(title, { x: 16, y: 24, size: 16, weight: 600, colour: palette.ink, limit }),
    ...lines.map((line, index) =>
      words(line, { x: 16, y: 43 + index * LINE, size: 12.5, weight: 400, colour: palette.muted, limit }),
    ),
  ]
}

/** Breaks a subtitle at its dots where one line is too short for it. */
function linesOf(subtitle: string, widthPx: number): readonly string[] {
  const lines: string[] = []
  for (const part of subtitle.split(' · ')) {
    const longer = lines.length === 0 ? part : `${lines.at(-1)} · ${part}`
    if (longer.length * LETTER <= widthPx) lines.splice(-1, 1, longer)
    else lines.push(part)
  }
  return lines
}

function label(text: string, y: number, palette: Palette): Mark {
  return words(text, { x: LEFT, y, size: 12, weight: 600, colour: palette.ink, limit: 300 })
}
