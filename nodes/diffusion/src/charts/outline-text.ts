/** Text of a chart's SVG turned into outlines of the bundled font, so that it can be drawn where no font is installed. */
import { readFile } from 'node:fs/promises'
import type { Font } from 'harfbuzzjs'

/** Gives the outline of a text and its advance, both in units of the font's size. */
type Outline = (
  text: string,
  weight: 'regular' | 'semibold',
) => { readonly path: string; readonly width: number }

const TEXT = /<text ([^>]*)>([^<]*)<\/text>/g

/** Replaces every `<text>` of a chart by a path. Characters that the font lacks are drawn as its empty box. */
export async function outlineText(svg: string): Promise<string> {
  const outline = await loadOutline()
  return svg.replaceAll(TEXT, (_whole, attributes: string, content: string) => {
    const get = (name: string): string | undefined =>
      new RegExp(`(?:^| )${name}="([^"]*)"`).exec(attributes)?.[1]
    const size = Number.parseFloat(get('font-size') ?? '12')
    const heavy = Number(get('font-weight') ?? '400') >= 600
    const { path, width } = outline(unescapeMarkup(content), heavy ? 'semibold' : 'regular')
    const anchor = get('text-anchor') ?? 'start'
    const shift = anchor === 'middle' ? -width / 2 : anchor === 'end' ? -width : 0
    const place = `${get('transform') ?? ''} scale(${size}) translate(${shift} 0)`
    const opacity = get('opacity')
    return `<path transform="${place}" fill="${get('fill') ?? '#000'}"${opacity === undefined ? '' : ` opacity="${opacity}"`} d="${path}"/>`
  })
}

async function loadOutline(): Promise<Outline> {
  const { Blob, Buffer, Face, Font: HarfBuzzFont, shape } = await import('harfbuzzjs')
  const load = async (name: string): Promise<{ readonly font: Font; readonly unitsPerEm: number }> => {
    const bytes = await readFile(new URL(`fonts/noto-sans-${name}.ttf`, import.meta.url))
    const face = new Face(new Blob(new Uint8Array(bytes)))
    return { font: new HarfBuzzFont(face), unitsPerEm: face.upem }
  }
  const fonts = { regular: await load('regular'), semibold: await load('semibold') }
  return function outline(text, weight) {
    const { font, unitsPerEm } = fonts[weight]
    const buffer = new Buffer()
    buffer.addText(text)
    buffer.guessSegmentProperties()
    shape(font, buffer)
    const positions = buffer.getGlyphPositions()
    const commands: string[] = []
    let x = 0
    for (const [index, { codepoint }] of buffer.getGlyphInfos().entries()) {
      const { xAdvance = 0, xOffset = 0, yOffset = 0 } = positions[index] ?? {}
      for (const { type, values } of font.glyphToJson(codepoint)) {
        // Pairs of x (to the right) and y (up in the font, down in the picture).
        const moved = values.map((value, n) => (n % 2 === 0 ? x + xOffset + value : -(yOffset + value)))
        commands.push(type + moved.map((value) => Number((value / unitsPerEm).toFixed(4))).join(' '))
      }
      x += xAdvance
    }
    return { path: commands.join(''), width: x / unitsPerEm }
  }
}

function unescapeMarkup(text: string): string {
  return text.replaceAll(/&(amp|lt|gt|quot|#39|#160);/g, (whole, name: string) => PLAIN[name] ?? whole)
}

const PLAIN: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
  '#160': '\u00A0',
}
