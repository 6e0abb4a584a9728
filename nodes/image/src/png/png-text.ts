/** Texts in PNG files (PNG specification, third edition, 11.3.3): written as tEXt, read as tEXt, iTXt, zTXt and comf. */
import { inflateSync } from 'node:zlib'
import { joinBytes, PngError, pngChunk, pngChunks } from './png-chunks.ts'

/** All inflated texts of a file together: metadata is kilobytes, and a file that holds more is made to fill the memory. */
const MAX_INFLATED_BYTES = 64 * 2 ** 20

/**
 * Puts a tEXt chunk for each entry after the header chunk, in order.
 * @param texts keyword (1 to 79 Latin-1 characters) → text (Latin-1 without NUL); anything else must be escaped before
 * @throws PngError when `png` is none; RangeError for a keyword or text that tEXt cannot hold.
 */
export function withPngText(png: Uint8Array, texts: Readonly<Record<string, string>>): Uint8Array {
  const header = pngChunks(png).next().value
  if (header === undefined) throw new PngError('it has no chunks')
  const added = Object.entries(texts).map(([keyword, text]) => {
    if (keyword.length < 1 || keyword.length > 79)
      throw new RangeError(`the keyword "${keyword}" of a PNG text must have 1 to 79 characters`)
    return pngChunk('tEXt', Buffer.from(`${latin1(keyword)}\0${latin1(text)}`, 'latin1'))
  })
  return joinBytes([png.subarray(0, header.end), ...added, png.subarray(header.end)])
}

/**
 * The texts of a PNG by keyword; the first of a keyword wins. `comf` is where ComfyUI keeps the texts of animations.
 * UTF-8 where the bytes are valid UTF-8, else Latin-1. A text chunk without a keyword or end is passed over.
 * @throws PngError for a file that is no PNG, is cut off or damaged, or whose packed texts are over 64 MB together.
 */
export function readPngText(png: Uint8Array): ReadonlyMap<string, string> {
  const texts = new Map<string, string>()
  let roomBytes = MAX_INFLATED_BYTES
  for (const { type, data } of pngChunks(png)) {
    const entry = READERS.get(type)?.(data)
    if (entry === undefined || texts.has(entry.keyword)) continue
    const bytes = entry.packed ? inflate(entry.bytes, roomBytes) : entry.bytes
    if (entry.packed) roomBytes -= bytes.length
    texts.set(entry.keyword, decode(bytes))
  }
  return texts
}

type Entry = { readonly keyword: string; readonly bytes: Uint8Array; readonly packed: boolean }
type Reader = (data: Uint8Array) => Entry | undefined

const READERS: ReadonlyMap<string, Reader> = new Map([
  ['tEXt', plainText],
  ['comf', plainText],
  ['zTXt', packedText],
  ['iTXt', internationalText],
])

/** keyword, NUL, text. */
function plainText(data: Uint8Array): Entry | undefined {
  const cut = data.indexOf(0)
  return cut < 1 ? undefined : { keyword: keywordOf(data, cut), bytes: data.subarray(cut + 1), packed: false }
}

/** keyword, NUL, method (0), packed text. */
function packedText(data: Uint8Array): Entry | undefined {
  const cut = data.indexOf(0)
  if (cut < 1 || data[cut + 1] !== 0) return undefined
  return { keyword: keywordOf(data, cut), bytes: data.subarray(cut + 2), packed: true }
}

/** keyword, NUL, packed?, method (0), language, NUL, translated keyword, NUL, text. */
function internationalText(data: Uint8Array): Entry | undefined {
  const cut = data.indexOf(0)
  if (cut < 1) return undefined
  const language = data.indexOf(0, cut + 3)
  const translated = language < 0 ? -1 : data.indexOf(0, language + 1)
  if (translated < 0) return undefined
  return {
    keyword: keywordOf(data, cut),
    bytes: data.subarray(translated + 1),
    packed: data[cut + 1] === 1,
  }
}

function keywordOf(data: Uint8Array, end: number): string {
  return Buffer.from(data.subarray(0, end)).toString('latin1')
}

function inflate(packed: Uint8Array, maxOutputLength: number): Uint8Array {
  try {
    return inflateSync(packed, { maxOutputLength: Math.max(1, maxOutputLength) })
  } catch {
    throw new PngError('a packed text is damaged, or its texts are over 64 MB')
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return Buffer.from(bytes).toString('latin1')
  }
}

function latin1(text: string): string {
  // oxlint-disable-next-line no-control-regex
  if (!/^[\u0001-\u00ff]*$/.test(text))
    throw new RangeError(
      `a PNG text holds Latin-1 without NUL; escape what is beyond: "${text.slice(0, 40)}"`,
    )
  return text
}
