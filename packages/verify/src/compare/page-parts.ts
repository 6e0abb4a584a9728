/** Pieces of a comparison page: numbers, pictures, charts in two widths. */
import { type ChartOptions, imagePng } from '@dicache/nodes-diffusion/charts'
import type { FloatTensor } from '@dicache/tensor'
import { html, type Html, trusted } from './html.ts'

/** A dash for what was not measured. */
export function shown(value: number | undefined, digits: number, unit = ''): string {
  if (value === undefined || Number.isNaN(value)) return '–'
  return Number.isFinite(value) ? `${value.toFixed(digits)}${unit}` : '∞'
}

/** The first picture of a batch as an image element that holds its PNG. */
export async function pictureElement(
  picture: FloatTensor,
  facts: { readonly id: string; readonly alt: string },
): Promise<Html> {
  const [, height = 0, width = 0] = picture.shape
  const uri = `data:image/png;base64,${Buffer.from(await imagePng(picture)).toString('base64')}`
  return html`<img id="${facts.id}" alt="${facts.alt}" width="${width}" height="${height}"${smallness(width)} src="${trusted(uri)}">`
}

/** Pixels of small pictures are shown as squares, not smeared. */
export function smallness(width: number): Html {
  return trusted(width < 320 ? ' class="small"' : '')
}

const WIDE_PX = 900
const NARROW_PX = 360

/** A chart in both widths, in the page's colours. */
export async function chartElement(draw: (options: ChartOptions) => Promise<string>): Promise<Html> {
  const inline = async (widthPx: number, kind: 'wide' | 'narrow'): Promise<Html> => {
    const svg = await draw({ theme: 'page', widthPx })
    // Inside HTML an SVG needs no names of name spaces.
    return trusted(svg.replaceAll(/ xmlns(?::\w+)?="[^"]*"/g, '').replace(/^<svg /, `<svg class="${kind}" `))
  }
  return html`<div class="chart">${await inline(WIDE_PX, 'wide')}${await inline(NARROW_PX, 'narrow')}</div>`
}
