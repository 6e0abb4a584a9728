/** A chart's specification to SVG text, by Vega without a DOM. Vega is loaded with the first chart. */
import type { Spec } from 'vega'
import { cleanText, escapeMarkup } from './clean-text.ts'

/** What stands for the chart where it cannot be seen. */
export type ChartWords = { readonly title: string; readonly description: string }

/**
 * Draws a specification. The same specification gives the same bytes, and its SVG has no ids: it may use no clip and no gradient, whose
 * ids Vega numbers on from chart to chart.
 */
export async function renderChart(spec: Spec, { title, description }: ChartWords): Promise<string> {
  const { parse, View } = await import('vega')
  const view = new View(parse(spec), { renderer: 'none', logLevel: 0 })
  try {
    const svg = await view.toSVG()
    const words = `<title>${escapeMarkup(cleanText(title))}</title><desc>${escapeMarkup(cleanText(description))}</desc>`
    return svg
      .replace(/^<svg ([^>]*)>/, (_whole, attributes: string) => `<svg ${attributes} role="img">${words}`)
      .replaceAll(NOISE, '')
  } finally {
    view.finalize()
  }
}

/** What Vega writes for its own style sheets and for screen readers, mark by mark; the chart's title and description stand for all of it. */
const NOISE =
  / (?:class|role|aria-[a-z]+|pointer-events)="[^"]*"(?=[^<]*>)|<path aria-hidden="true"[^>]*d=""[^>]*\/>/g
