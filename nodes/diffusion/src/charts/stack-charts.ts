/** Several charts as one picture, below each other. */
import { type ChartTheme, paletteOf } from './palette.ts'

/** Stacks charts of one width. @throws RangeError for a text that is no chart of this folder. */
export function stackCharts(charts: readonly string[], theme: ChartTheme = 'light'): string {
  const sized = charts.map((svg) => ({ svg, ...svgSize(svg) }))
  const width = Math.max(0, ...sized.map(({ widthPx }) => widthPx))
  let top = 0
  const placed = sized.map(({ svg, heightPx }) => {
    const moved = svg.replace(/^<svg /, `<svg y="${top}" `)
    top += heightPx
    return moved
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" version="1.1" width="${width}" height="${top}" viewBox="0 0 ${width} ${top}"><rect width="${width}" height="${top}" fill="${paletteOf(theme).background}"/>${placed.join('')}</svg>`
}

/** Width and height of a chart in pixels. */
export function svgSize(svg: string): { readonly widthPx: number; readonly heightPx: number } {
  const [, width, height] = /^<svg [^>]*width="(\d+)" height="(\d+)"/.exec(svg) ?? []
  if (width === undefined || height === undefined)
    throw new RangeError('this text is no SVG with a width and a height')
  return { widthPx: Number(width), heightPx: Number(height) }
}
