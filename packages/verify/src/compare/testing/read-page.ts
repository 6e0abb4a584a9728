/** Reads a page of markup as strictly as a test wants it: every element closed, every embedded file decodable. */
import { inflateSync } from 'node:zlib'

const VOID = new Set(['meta', 'img', 'input', 'br', 'link'])
const TAG = /<(\/?)([a-zA-Z][\w-]*)((?:\s+[\w:-]+(?:="[^"<]*")?)*)\s*(\/?)>/y

/** An element of a page: its name, and the names of its attributes. */
export type PageElement = { readonly name: string; readonly attributes: readonly string[] }

/** All elements in their order. @throws Error where an element is not closed, or a `<` starts none. */
export function elementsOf(page: string): readonly PageElement[] {
  const open: string[] = []
  const elements: PageElement[] = []
  let at = page.indexOf('<', page.indexOf('<html'))
  while (at >= 0) {
    TAG.lastIndex = at
    const match = TAG.exec(page)
    if (match === null) throw new Error(`no element: ${page.slice(at, at + 60)}`)
    const [whole, end, name = '', attributes = '', selfClosed] = match
    at += whole.length
    if (end === '/') {
      const last = open.pop()
      if (last !== name) throw new Error(`</${name}> closes <${last}>`)
    } else {
      elements.push({
        name,
        attributes: [...attributes.matchAll(/([\w:-]+)(?:="[^"]*")?/g)].map(([, key = '']) => key),
      })
      if (selfClosed !== '/' && !VOID.has(name)) open.push(name)
      // What a script or a style holds is no markup.
      if (name === 'script' || name === 'style') at = page.indexOf(`</${name}`, at)
    }
    at = page.indexOf('<', at)
  }
  if (open.length > 0) throw new Error(`not closed: ${open.join(', ')}`)
  return elements
}

/** Width and height of a PNG in a data URI, once all of its pixels are unpacked. @throws Error when they are not all there. */
export function pngSize(uri: string): readonly [width: number, height: number] {
  const bytes = Buffer.from(uri.slice('data:image/png;base64,'.length), 'base64')
  if (bytes.subarray(0, 8).toString('latin1') !== '\x89PNG\r\n\x1A\n') throw new Error('no PNG')
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]
  const data: Buffer[] = []
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at)
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT')
      data.push(bytes.subarray(at + 8, at + 8 + length))
    at += length + 12
  }
  if (inflateSync(Buffer.concat(data)).length !== height * (1 + 3 * width)) throw new Error('half a PNG')
  return [width, height]
}
