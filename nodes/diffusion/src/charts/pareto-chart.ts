/** Quality against time over policies and thresholds: what is not beaten in both lies on the front. */
import type { Mark } from 'vega'
import { type ChartOptions, plotWidth } from './chart-frame.ts'
import { cleanText } from './clean-text.ts'
import { drawFrame } from './draw-frame.ts'
import type { LegendItem } from './legend.ts'
import { missing } from './missing.ts'
import { type ColourName, type Palette, paletteOf } from './palette.ts'
import { placeLabels } from './place-labels.ts'
import { FONT } from './words.ts'

/** A run that is compared with the uncached one. */
export type ParetoPoint = {
  /** One colour, shape and line a series: a policy. */
  readonly series: string
  /** What tells it from the others of its series: its threshold. */
  readonly label: string
  /** Measured wall time of sampling. */
  readonly wallMs: number
  /** Measured against the uncached run of the same round. */
  readonly speedup: number
  /** Against the uncached picture, dB; infinite for an equal one. */
  readonly psnr: number
  /** Against the uncached picture, 1 for an equal one. */
  readonly ssim: number
}

export type ParetoOptions = ChartOptions & {
  /** @defaultValue 'speedup' */
  readonly against?: 'speedup' | 'wallMs'
  /** @defaultValue 'psnr' */
  readonly quality?: 'psnr' | 'ssim'
}

type Placed = { readonly point: ParetoPoint; readonly x: number; readonly y: number; readonly exact: boolean }

const HEIGHT = 320
const COLOURS: readonly ColourName[] = [
  'series-1',
  'series-2',
  'series-3',
  'series-4',
  'series-5',
  'series-6',
]
const SHAPES: readonly string[] = ['circle', 'square', 'triangle-up', 'diamond', 'triangle-down', 'cross']

/** Draws the plot; up and to the right (to the left against time) is better. Pictures without a difference lie on the upper edge. */
export function paretoChart(points: readonly ParetoPoint[], options: ParetoOptions = {}): Promise<string> {
  const palette = paletteOf(options.theme ?? 'light')
  const { against = 'speedup', quality = 'psnr' } = options
  const axis = against === 'speedup' ? 'measured speed-up of sampling' : 'wall time of sampling, ms'
  const title = 'Quality against time'
  const subtitle = 'against the uncached run · a ring: another setting is better in both'
  if (points.length === 0) {
    const panels = [missing('Nothing was compared.', options)]
    return drawFrame({ title, subtitle, legend: [], x: { domain: [0, 1], title: axis }, panels }, options)
  }
  const finite = points.map((point) => point[quality]).filter(Number.isFinite)
  const xs = [...points.map((point) => point[against]), ...(against === 'speedup' ? [1] : [])]
  const x = spread(xs)
  const y = spread(finite.length === 0 ? [40, 60] : finite)
  const exactAt = y[1] - 0.04 * (y[1] - y[0])
  const placed = points.map((point): Placed => {
    const exact = !Number.isFinite(point[quality])
    return { point, x: point[against], y: exact ? exactAt : point[quality], exact }
  })
  const series = [...new Set(points.map((point) => point.series))]
  const legend = series.map(
    (name, index): LegendItem => ({
      label: cleanText(name),
      colour: at(COLOURS, index),
      shape: shapeOf(index),
    }),
  )
  const front = frontOf(placed, against === 'speedup' ? 1 : -1)
  const size = { width: plotWidth(options), height: HEIGHT }
  const labels = placeLabels(
    placed.map((entry) => ({
      text: cleanText(entry.exact ? `${entry.point.label} (exact)` : entry.point.label),
      x: (size.width * (entry.x - x[0])) / (x[1] - x[0]),
      y: size.height * (1 - (entry.y - y[0]) / (y[1] - y[0])),
    })),
    size,
  )
  return drawFrame(
    {
      title,
      subtitle,
      legend,
      x: {
        domain: x,
        title: axis,
        grid: true,
        ...(against === 'speedup' ? { suffix: '×' } : {}),
      },
      panels: [
        {
          heightPx: HEIGHT,
          y: { domain: y, title: quality === 'psnr' ? 'PSNR, dB' : 'SSIM' },
          data: [
            { name: 'points', values: placed.map((entry) => row(entry, series, front, palette)) },
            { name: 'labels', values: [...labels] },
          ],
          marks: [
            ...(against === 'speedup' ? [uncachedRule(palette)] : []),
            ...seriesLines(palette),
            pointMark(),
            labelMark(palette),
          ],
        },
      ],
    },
    options,
  )
}

function row(
  { point, x, y, exact }: Placed,
  series: readonly string[],
  front: ReadonlySet<ParetoPoint>,
  palette: Palette,
): object {
  const index = series.indexOf(point.series)
  const colour = palette[at(COLOURS, index)]
  return {
    x,
    y,
    // An exact picture has no place on the scale, and no line leads to it.
    line: exact ? -1 : index,
    colour,
    shape: shapeOf(index),
    fill: front.has(point) ? colour : palette.background,
  }
}

/** With the second round of colours the shapes move on, so that no two series look alike. */
function shapeOf(index: number): string {
  return at(SHAPES, index + Math.floor(index / COLOURS.length))
}

/** The points that no other one beats in quality without losing time. `sense` is 1 where larger x is better. */
function frontOf(placed: readonly Placed[], sense: 1 | -1): ReadonlySet<ParetoPoint> {
  const beats = (a: Placed, b: Placed): boolean =>
    sense * (a.x - b.x) >= 0 && a.y >= b.y && (a.x !== b.x || a.y > b.y)
  return new Set(
    placed.filter((entry) => !placed.some((other) => beats(other, entry))).map(({ point }) => point),
  )
}

/** Bounds with room around the values, also around a single one. */
function spread(values: readonly number[]): readonly [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const room = high > low ? 0.1 * (high - low) : Math.max(Math.abs(high) * 0.1, 0.1)
  return [low - room, high + room]
}

function seriesLines(palette: Palette): readonly Mark[] {
  return [
    {
      type: 'group',
      from: { facet: { name: 'line', data: 'points', groupby: ['line', 'colour'] } },
      marks: [
        {
          type: 'line',
          from: { data: 'line' },
          sort: { field: 'datum.x' },
          encode: {
            enter: {
              x: { scale: 'x', field: 'x' },
              y: { scale: 'y', field: 'y' },
              stroke: { field: 'colour' },
              strokeWidth: { value: 1.5 },
              strokeOpacity: { signal: 'datum.line < 0 ? 0 : 0.55' },
            },
          },
        },
      ],
    },
    {
      type: 'rule',
      encode: {
        enter: {
          x: { value: 0 },
          x2: { field: { group: 'width' } },
          y: { value: 0 },
          stroke: { value: palette.grid },
        },
      },
    },
  ]
}

function pointMark(): Mark {
  return {
    type: 'symbol',
    from: { data: 'points' },
    encode: {
      enter: {
        x: { scale: 'x', field: 'x' },
        y: { scale: 'y', field: 'y' },
        shape: { field: 'shape' },
        size: { value: 90 },
        fill: { field: 'fill' },
        stroke: { field: 'colour' },
        strokeWidth: { value: 2 },
      },
    },
    zindex: 1,
  }
}

function labelMark(palette: Palette): Mark {
  return {
    type: 'text',
    from: { data: 'labels' },
    encode: {
      enter: {
        x: { field: 'x' },
        y: { field: 'y' },
        text: { field: 'text' },
        font: { value: FONT },
        align: { field: 'align' },
        baseline: { value: 'middle' },
        fontSize: { value: 12 },
        fill: { value: palette.ink },
      },
    },
    zindex: 2,
  }
}

function uncachedRule(palette: Palette): Mark {
  return {
    type: 'rule',
    encode: {
      enter: {
        x: { scale: 'x', value: 1 },
        y: { value: 0 },
        y2: { field: { group: 'height' } },
        stroke: { value: palette.limit },
        strokeDash: { value: [6, 4] },
        strokeWidth: { value: 1.25 },
      },
    },
  }
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index % list.length]
  if (item === undefined) throw new RangeError('an empty list of styles')
  return item
}
