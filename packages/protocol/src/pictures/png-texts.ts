/** The texts of a PNG: tEXt, zTXt and iTXt chunks (PNG specification, 11.3.3), and `comf`, which ComfyUI writes into animations. */
import { decodeText, MAX_TEXT_BYTES, viewOf } from './byte-source.ts'
import type { ByteSource } from './byte-source.ts'
import { inflateText } from './inflate-text.ts'

/** What was found, and whether the file broke off before its end. */
export type PictureTexts = { readonly texts: ReadonlyMap<string, string>; readonly cut: boolean }

const SIGNATURE_BYTES = 8
/** Length and type before a chunk's data, the checksum behind it. */
const HEAD_BYTES = 8
const CHECKSUM_BYTES = 4
/** A picture of gigabytes in chunks of 8 KB has this many. */
const MAX_CHUNKS = 500_000
const TEXT_CHUNKS = new Set(['tEXt', 'zTXt', 'iTXt', 'comf'])

/**
 * Reads the texts by keyword; the first of a keyword counts. Only texts are read: the picture itself is stepped over.
 * Checksums are not checked, and a damaged text is left out: what can be read is worth more than what cannot.
 */
export async function readPngTexts(source: ByteSource): Promise<PictureTexts> {
  const texts = new Map<string, string>()
  let at = SIGNATURE_BYTES
  let left = MAX_TEXT_BYTES
  for (let count = 0; count < MAX_CHUNKS; count++) {
    const head = await source.read(at, HEAD_BYTES)
    if (head.length < HEAD_BYTES) return { texts, cut: true }
    const length = viewOf(head).getUint32(0)
    const type = String.fromCharCode(...head.subarray(4))
    if (type === 'IEND') return { texts, cut: false }
    if (TEXT_CHUNKS.has(type) && length <= left) {
      const data = await source.read(at + HEAD_BYTES, length)
      if (data.length < length) return { texts, cut: true }
      left -= length
      const found = await readChunk(type, data)
      if (found !== undefined && !texts.has(found[0])) texts.set(...found)
    }
    at += HEAD_BYTES + length + CHECKSUM_BYTES
  }
  return { texts, cut: true }
}

type Entry = readonly [keyword: string, text: string]

async function readChunk(type: string, data: Uint8Array): Promise<Entry | undefined> {
  const end = data.indexOf(0)
  if (end < 1) return undefined
  const keyword = new TextDecoder('latin1').decode(data.subarray(0, end))
  const rest = data.subarray(end + 1)
  if (type === 'zTXt') return entryOf(keyword, await inflateText(rest.subarray(1)))
  return entryOf(keyword, type === 'iTXt' ? await internationalText(rest) : rest)
}

/** Compression flag, compression method, language, translated keyword, text. */
async function internationalText(rest: Uint8Array): Promise<Uint8Array | undefined> {
  const language = rest.indexOf(0, 2)
  const translated = language < 0 ? -1 : rest.indexOf(0, language + 1)
  if (translated < 0) return undefined
  const text = rest.subarray(translated + 1)
  return rest[0] === 1 ? inflateText(text) : text
}

function entryOf(keyword: string, bytes: Uint8Array | undefined): Entry | undefined {
  return bytes && [keyword, decodeText(bytes)]
}
