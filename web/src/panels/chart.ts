/** A line or bar chart with uPlot, inside a lit template. */
import { html } from 'lit'
import type { TemplateResult } from 'lit'
import { AsyncDirective, directive } from 'lit/async-directive.js'
import type { ElementPart } from 'lit/directive.js'
import { noChange } from 'lit'
import uPlot from 'uplot'

type Series = {
  readonly label: string
  readonly color: number
  readonly dashed?: boolean
  /** Bars instead of a line, with the place among those of the same step. */
  readonly bars?: { readonly at: number; readonly of: number }
}

export type ChartData = {
  readonly dark: boolean
  /** Steps, then one list for each of the series. */
  readonly columns: readonly (readonly (number | null)[])[]
  readonly series: readonly Series[]
  /** Level lines, such as a threshold. */
  readonly lines: readonly { readonly y: number; readonly label: string }[]
}

const COLORS = {
  dark: ['#7aa2ff', '#ffb454', '#5fd08f', '#b48cff'],
  light: ['#2f5fdd', '#a85a00', '#1c7d48', '#7a45d6'],
} as const
const HEIGHT_PX = 138

/** A chart with its title. */
export function chart(title: string, data: ChartData): TemplateResult {
  return html`<figure class="chart"><figcaption>${title}</figcaption><div class="plot" role="img" aria-label=${describe(title, data)} ${plot(data)}></div></figure>`
}

/** What the chart says, for those who do not see it. */
function describe(title: string, { columns, series }: ChartData): string {
  const parts = series.map(({ label }, index) => {
    const values = (columns[index + 1] ?? []).filter((value) => value !== null)
    if (values.length === 0) return `${label}: no values`
    return `${label}: ${values.length} values from ${Math.min(...values).toPrecision(3)} to ${Math.max(...values).toPrecision(3)}`
  })
  return `${title}. ${parts.join('; ')}`
}

class Plot extends AsyncDirective {
  #plot: uPlot | undefined
  #shape = ''
  #resized: ResizeObserver | undefined
  #data: ChartData | undefined

  override update({ element }: ElementPart, [data]: [ChartData]): unknown {
    this.#data = data
    const shape = JSON.stringify([data.dark, data.series, data.lines])
    if (shape !== this.#shape || this.#plot === undefined) {
      this.#plot?.destroy()
      this.#plot = new uPlot(
        optionsOf(() => this.#data ?? data, element.clientWidth),
        toUplot(data),
        element as HTMLElement,
      )
      this.#shape = shape
    } else this.#plot.setData(toUplot(data))
    if (this.#resized === undefined) {
      this.#resized = new ResizeObserver(() =>
        this.#plot?.setSize({ width: Math.max(120, element.clientWidth), height: HEIGHT_PX }),
      )
      this.#resized.observe(element)
    }
    return noChange
  }

  protected override disconnected(): void {
    this.#resized?.disconnect()
    this.#resized = undefined
    this.#plot?.destroy()
    this.#plot = undefined
  }

  render(_data: ChartData): unknown {
    return noChange
  }
}

const plot: (data: ChartData) => unknown = directive(Plot)

function toUplot({ columns }: ChartData): uPlot.AlignedData {
  const [steps = [], ...rest] = columns
  // Steps count from 1 for people.
  return [steps.map((step) => (step ?? 0) + 1), ...rest.map((column) => [...column])]
}

function optionsOf(current: () => ChartData, width: number): uPlot.Options {
  const { dark, series } = current()
  const palette = COLORS[dark ? 'dark' : 'light']
  const ink = dark ? '#9aa3b5' : '#586176'
  const grid = dark ? '#2b303c' : '#e1e4ec'
  const axis = {
    stroke: ink,
    grid: { stroke: grid, width: 1 },
    ticks: { stroke: grid, width: 1 },
    font: '11px system-ui, sans-serif',
  }
  const level = (values: { readonly lines: ChartData['lines'] }): readonly number[] =>
    values.lines.map(({ y }) => y)
  return {
    width: Math.max(120, width),
    height: HEIGHT_PX,
    cursor: { y: false },
    legend: { live: false },
    scales: {
      x: { time: false, range: (_plot, low, high) => [low - 0.6, high + 0.6] },
      y: {
        range: (_plot, low, high) => {
          const all = [...level(current()), low, high].filter((value) => Number.isFinite(value))
          const bottom = Math.min(0, ...all)
          const top = Math.max(bottom + 1e-6, ...all)
          return [bottom, top + (top - bottom) * 0.08]
        },
      },
    },
    axes: [
      { ...axis, size: 26 },
      { ...axis, size: 46 },
    ],
    padding: [8, 10, 0, 0],
    series: [
      { label: 'step' },
      ...series.map(({ label, color, dashed, bars }): uPlot.Series => {
        const stroke = palette[color] ?? ink
        return {
          label,
          stroke,
          width: 2,
          spanGaps: false,
          points: { show: bars === undefined && dashed !== true, size: 5 },
          ...(dashed === true && { dash: [4, 4] }),
          ...(bars !== undefined && { fill: `${stroke}99`, paths: barsPath(bars) }),
        }
      }),
    ],
    hooks: { draw: [(chartPlot) => drawLines(chartPlot, current(), ink)] },
  }
}

function barsPath({ at, of }: NonNullable<Series['bars']>): uPlot.Series.PathBuilder {
  const make = uPlot.paths.bars
  if (make === undefined) throw new Error('uPlot came without bars')
  // Two beside each other; more lie over each other, half transparent.
  return of === 2 ? make({ size: [0.38, 20], align: at === 0 ? -1 : 1 }) : make({ size: [0.7, 40] })
}

function drawLines(chartPlot: uPlot, { lines, dark }: ChartData, ink: string): void {
  const { ctx, bbox } = chartPlot
  ctx.save()
  ctx.strokeStyle = dark ? '#ff6b6b' : '#c62f36'
  ctx.fillStyle = ink
  ctx.lineWidth = 1.5 * devicePixelRatio
  ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio])
  for (const { y } of lines) {
    const at = chartPlot.valToPos(y, 'y', true)
    ctx.beginPath()
    ctx.moveTo(bbox.left, at)
    ctx.lineTo(bbox.left + bbox.width, at)
    ctx.stroke()
  }
  ctx.restore()
}
