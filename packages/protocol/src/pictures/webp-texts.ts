/** The texts of a WebP: ComfyUI writes `prompt:{…}` and `workflow:{…}` into text fields of its EXIF block. */
import { decodeText, MAX_TEXT_BYTES, viewOf } from './byte-source.ts'
import type { ByteSource } from './byte-source.ts'
import type { PictureTexts } from './png-texts.ts'

/** `RIFF`, a size, `WEBP`. */
const HEAD_BYTES = 12
const CHUNK_HEAD_BYTES = 8
const MAX_CHUNKS = 500_000

/** Reads the texts by the word before their colon. Only the EXIF block is read: the picture itself is stepped over. */
export async function readWebpTexts(source: ByteSource): Promise<PictureTexts> {
  let at = HEAD_BYTES
  for (let count = 0; count < MAX_CHUNKS && at < source.sizeBytes; count++) {
    const head = await source.read(at, CHUNK_HEAD_BYTES)
    if (head.length < CHUNK_HEAD_BYTES) return { texts: new Map(), cut: true }
    const length = viewOf(head).getUint32(4, true)
    if (String.fromCharCode(...head.subarray(0, 4)) === 'EXIF') {
      const block = await source.read(at + CHUNK_HEAD_BYTES, Math.min(length, MAX_TEXT_BYTES))
      return { texts: readExifTexts(block), cut: block.length < length }
    }
    at += CHUNK_HEAD_BYTES + length + (length % 2)
  }
  return { texts: new Map(), cut: at > source.sizeBytes }
}

/** `Exif` and two zeros, which some writers put before the block. */
const EXIF_MARK = [0x45, 0x78, 0x69, 0x66, 0, 0]
/** Tag, type, count, value or its place. */
const FIELD_BYTES = 12
const ASCII = 2

/** The text fields of the first directory of an EXIF block (TIFF 6.0, section 2) that look like `key:text`. */
export function readExifTexts(block: Uint8Array): ReadonlyMap<string, string> {
  const texts = new Map<string, string>()
  const bytes = EXIF_MARK.every((byte, index) => block[index] === byte)
    ? block.subarray(EXIF_MARK.length)
    : block
  if (bytes.length < 8) return texts
  const view = viewOf(bytes)
  const little = bytes[0] === 0x49 // II, else MM
  const start = view.getUint32(4, little)
  if (start + 2 > bytes.length) return texts
  const count = view.getUint16(start, little)
  let left = MAX_TEXT_BYTES // many fields may name the same bytes
  for (let index = 0; index < count; index++) {
    const field = start + 2 + index * FIELD_BYTES
    if (field + FIELD_BYTES > bytes.length) break
    if (view.getUint16(field + 2, little) !== ASCII) continue
    const length = view.getUint32(field + 4, little)
    const place = length <= 4 ? field + 8 : view.getUint32(field + 8, little)
    left -= Math.min(length, bytes.length)
    if (left < 0) break
    const text = decodeText(bytes.subarray(place, place + length)).replace(/\0+$/, '')
    const colon = text.indexOf(':')
    const key = text.slice(0, colon)
    if (/^[\w.-]{1,100}$/.test(key) && !texts.has(key)) texts.set(key, text.slice(colon + 1))
  }
  return texts
}
