import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import type { ChartOptions } from './chart-frame.ts'
import { type ChartTheme, paletteOf, paletteProperties } from './palette.ts'
import { paretoChart, type ParetoPoint } from './pareto-chart.ts'
import { readReport } from './read-report.ts'
import { REPORT_CHARTS, reportChart } from './report-charts.ts'
import { svgSize } from './stack-charts.ts'
import { sampleReport } from './testing/sample-report.ts'

const points: readonly ParetoPoint[] = [
  { series: 'DiCache', label: 'δ 0.1', wallMs: 500, speedup: 2, psnr: 50, ssim: 0.99 },
  { series: 'DiCache', label: 'δ 0.2', wallMs: 400, speedup: 2.5, psnr: 45, ssim: 0.98 },
  { series: 'DiCache', label: 'δ 0', wallMs: 1000, speedup: 1, psnr: Number.POSITIVE_INFINITY, ssim: 1 },
  { series: 'fewer steps', label: '15 steps', wallMs: 520, speedup: 1.9, psnr: 44, ssim: 0.97 },
]

type Draw = (options: ChartOptions) => Promise<string>

const draw: Readonly<Record<string, Draw>> = {
  ...Object.fromEntries(
    [...REPORT_CHARTS, 'all' as const].map((name): [string, Draw] => [
      name,
      (options) => reportChart(readReport(sampleReport()), name, options),
    ]),
  ),
  pareto: (options) => paretoChart(points, options),
  'pareto of nothing': (options) => paretoChart([], options),
}

/** Rendered by librsvg, which refuses anything that is not well-formed. */
async function sizeOfSvg(svg: string): Promise<readonly [number | undefined, number | undefined]> {
  const { width, height } = await sharp(Buffer.from(svg)).metadata()
  return [width, height]
}

function count(svg: string, pattern: RegExp): number {
  return [...svg.matchAll(pattern)].length
}

describe.each(Object.entries(draw))('chart %s', (_name, chart) => {
  it.each([360, 900, 1600])('is a well-formed SVG of the width %i it was asked for', async (widthPx) => {
    const svg = await chart({ widthPx })
    const { heightPx } = svgSize(svg)
    expect(await sizeOfSvg(svg)).toEqual([widthPx, heightPx])
  })

  it('is the same twice, and has no ids that could meet those of another chart', async () => {
    const svg = await chart({ theme: 'dark' })
    expect(await chart({ theme: 'dark' })).toBe(svg)
    expect(svg).not.toMatch(/ id=|url\(/)
  })

  it('needs no style attribute, script or address', async () => {
    const svg = (await chart({})).replaceAll(/ xmlns(:xlink)?="[^"]*"/g, '')
    expect(svg).not.toMatch(/ style=|<style|<script|href|https?:/)
  })

  it('takes every colour from the page when asked to', async () => {
    const svg = await chart({ theme: 'page' })
    expect(svg).not.toMatch(/#[0-9a-f]{3,8}"/i)
    for (const [, name] of svg.matchAll(/var\(--chart-([a-z0-9-]+)\)/g))
      expect(paletteProperties('light')).toContain(`--chart-${name}:#`)
  })
})

describe('marks', () => {
  const report = readReport(sampleReport())
  const palette = paletteOf('light')

  it('has one bar an evaluation in the timeline, in the colour of its decision', async () => {
    const svg = await reportChart(report, 'timeline')
    const bars = (name: 'forced' | 'refreshed' | 'dcta' | 'zero-order'): number =>
      count(svg, new RegExp(`<path d="M[^"]*h[^"]*" fill="${palette[name]}"/>`, 'g'))
    expect([bars('forced'), bars('refreshed'), bars('dcta'), bars('zero-order')]).toEqual([6, 2, 6, 2])
  })

  it('has one bar a measured time, none for a missing one', async () => {
    const entries = [{ step: 0, branch: 'cond', decision: 'forced' }]
    const without = await reportChart(readReport({ entries }), 'time')
    expect(without).toContain('This report holds no times.')
    const svg = await reportChart(report, 'time')
    expect(count(svg, /<path d="M[^"]*h[^"]*" fill="#[0-9a-f]{6}"\/>/g)).toBe(16)
  })

  it('draws a threshold rule a branch, and a point for each tested value', async () => {
    const svg = await reportChart(report, 'indicator')
    expect(count(svg, new RegExp(`<line [^>]*stroke="${palette.limit}"[^>]*stroke-dasharray`, 'g'))).toBe(2)
    const discs = count(svg, new RegExp(`<path [^>]*A[^>]*stroke="${palette.background}"`, 'g'))
    expect(discs).toBe(2 * 5)
  })

  it('joins raw and used γ, and keeps a raw value that is not finite off the scale', async () => {
    const svg = await reportChart(report, 'gamma')
    expect(count(svg, /<path [^>]*A[^>]*fill="#ffffff"[^>]*stroke="#e69f00"/g)).toBe(6)
    expect(svg).not.toMatch(/NaN|Infinity/)
  })

  it('says so where there is nothing to draw', async () => {
    const none = readReport(sampleReport({ policy: { kind: 'none' }, decision: 'forced' }))
    const entries = [{ step: 0, branch: 'cond', decision: 'forced' }]
    expect(await reportChart(readReport({ entries }), 'gamma')).toContain('No evaluation was blended')
    expect(await reportChart(readReport({ entries }), 'indicator')).toContain('measured no change')
    expect(await reportChart(none, 'timeline')).toContain('no cache')
  })

  it('fills points that no other point beats in both, and leaves the others hollow', async () => {
    const svg = await paretoChart(points)
    const marks = [
      ...svg.matchAll(/<path [^>]*fill="(#[0-9a-f]{6})" stroke="(#[0-9a-f]{6})" stroke-width="2"/g),
    ]
    const hollow = marks.filter(([, fill, stroke]) => fill !== stroke)
    expect(marks).toHaveLength(points.length)
    expect(hollow).toHaveLength(1)
    expect(svg).toContain('δ 0 (exact)')
  })
})

describe('texts of documents', () => {
  const hostile = `</text><script>alert(1)</script>" onload='x' & \u0000\u001b[31m \uD800 ${'w'.repeat(2000)}`
  const themes: readonly ChartTheme[] = ['light', 'page']

  it.each(themes)('stay text in every chart (%s)', async (theme) => {
    const report = readReport(
      sampleReport({
        model: hostile,
        branches: [hostile, 'uncond'],
        decision: hostile,
        policy: { kind: hostile, threshold: 0.1, indicator: hostile },
      }),
    )
    const charts = [
      await reportChart(report, 'all', { theme }),
      await paretoChart([{ series: hostile, label: hostile, wallMs: 1, speedup: 1, psnr: 1, ssim: 1 }], {
        theme,
      }),
    ]
    for (const svg of charts) {
      expect(svg).toContain('&lt;script&gt;')
      expect(svg).not.toContain('<script')
      await expect(sizeOfSvg(svg)).resolves.toBeDefined()
    }
  })
})

describe('readReport', () => {
  it('refuses what is no report of a sampler', () => {
    expect(() => readReport({ kind: 'image-comparison' })).toThrow('holds no sampling steps')
    expect(() => readReport('text')).toThrow('holds no sampling steps')
  })

  it('reads numbers that kept their written form', () => {
    const entries = [{ step: 0, branch: 'cond', decision: 'forced', ms: { source: '5.0', value: 5 } }]
    expect(readReport({ entries }).branches[0]?.evaluations[0]?.ms).toBe(5)
  })

  it('takes the indicator by which the gate decided', () => {
    const minus = { kind: 'dicache', indicator: 'delta_minus' }
    const [entry] = readReport(sampleReport({ policy: minus })).branches[0]?.evaluations.slice(2) ?? []
    expect(entry?.indicator).toBeCloseTo(Math.abs(0.06 - 0.05), 12)
  })
})
