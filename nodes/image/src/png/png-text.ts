/** Text chunks of PNG files (PNG specification, third edition, 11.3.3): written as tEXt, read as tEXt, iTXt and zTXt. */
import { crc32, inflateSync } from 'node:zlib'

const SIGNATURE = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10)
/** Inflated text beyond this is refused: metadata is kilobytes. */
const MAX_TEXT_BYTES = 64 * 2 ** 20

/** A file that is no PNG, or a damaged one. */
export class PngError extends Error {
  readonly code = 'UNSUPPORTED_FILE'
  constructor(reason: string) {
    super(`This is not a PNG that can be read: ${reason}.`)
    this.name = 'PngError'
  }
}

/**
 * Puts a tEXt chunk for each entry after the header chunk.
 * @param texts keyword (1 to 79 Latin-1 characters) → text; what is not Latin-1 must be escaped by the caller
 */
export function withPngText(png: Uint8Array, texts: Readonly<Record<string, string>>): Uint8Array {
  const [header] = chunksOf(png)
  if (header?.type !== 'IHDR') throw new PngError('it does not begin with a header chunk')
  const added = Object.entries(texts).map(([keyword, text]) => chunk('tEXt', latin1(`${keyword}\0${text}`)))
  return concatBytes([png.subarray(0, header.end), ...added, png.subarray(header.end)])
}

/** The texts of a PNG by keyword; the first of a keyword wins. UTF-8 where a text is valid UTF-8, else Latin-1. */
export function readPngText(png: Uint8Array): ReadonlyMap<string, string> {
  const texts = new Map<string, string>()
  for (const { type, data } of chunksOf(png)) {
    const entry =
      type === 'tEXt'
        ? plainText(data)
        : type === 'zTXt'
          ? packedText(data)
          : type === 'iTXt'
            ? internationalText(data)
            : undefined
    if (entry !== undefined && !texts.has(entry.keyword)) texts.set(entry.keyword, entry.text)
  }
  return texts
}

type Chunk = { readonly type: string; readonly data: Uint8Array; readonly end: number }
type Entry = { readonly keyword: string; readonly text: string }

function* chunksOf(png: Uint8Array): Generator<Chunk> {
  if (SIGNATURE.some((byte, n) => png[n] !== byte))
    throw new PngError('its first bytes are not those of a PNG')
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength)
  let at = SIGNATURE.length
  while (at < png.length) {
    if (at + 12 > png.length) throw new PngError('it ends in the middle of a chunk')
    const length = view.getUint32(at)
    const end = at + 12 + length
    if (end > png.length) throw new PngError(`a chunk of ${length} bytes goes beyond its end`)
    const type = String.fromCharCode(...png.subarray(at + 4, at + 8))
    yield { type, data: png.subarray(at + 8, at + 8 + length), end }
    if (type === 'IEND') return
    at = end
  }
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = concatBytes([latin1(type), data])
  const whole = new Uint8Array(body.length + 8)
  const view = new DataView(whole.buffer)
  view.setUint32(0, data.length)
  whole.set(body, 4)
  view.setUint32(body.length + 4, crc32(body))
  return whole
}

function plainText(data: Uint8Array): Entry | undefined {
  const cut = data.indexOf(0)
  return cut < 1
    ? undefined
    : { keyword: fromLatin1(data.subarray(0, cut)), text: decode(data.subarray(cut + 1)) }
}

function packedText(data: Uint8Array): Entry | undefined {
  const cut = data.indexOf(0)
  if (cut < 1 || data[cut + 1] !== 0) return undefined
  return { keyword: fromLatin1(data.subarray(0, cut)), text: decode(inflate(data.subarray(cut + 2))) }
}

/** keyword, NUL, compressed?, method, language, NUL, translated keyword, NUL, text. */
function internationalText(data: Uint8Array): Entry | undefined {
  const cut = data.indexOf(0)
  const language = data.indexOf(0, cut + 3)
  const translated = data.indexOf(0, language + 1)
  if (cut < 1 || language < 0 || translated < 0) return undefined
  const text = data.subarray(translated + 1)
  return {
    keyword: fromLatin1(data.subarray(0, cut)),
    text: decode(data[cut + 1] === 1 ? inflate(text) : text),
  }
}

function inflate(data: Uint8Array): Uint8Array {
  try {
    return inflateSync(data, { maxOutputLength: MAX_TEXT_BYTES })
  } catch {
    throw new PngError('a compressed text is damaged, or larger than 64 MB')
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return fromLatin1(bytes)
  }
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff)
}

function fromLatin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}

function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
