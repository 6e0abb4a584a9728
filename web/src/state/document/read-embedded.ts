/** Finds the workflow that a picture carries: PNG text chunks, and the EXIF block of WebP. */

/** The two texts that files of ComfyUI carry. */
export type Embedded = { readonly workflow?: string; readonly prompt?: string }

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

/** The texts of a picture; undefined when the bytes are neither PNG nor WebP. */
export function readEmbedded(bytes: Uint8Array<ArrayBuffer>): Embedded | undefined {
  if (PNG.every((byte, at) => bytes[at] === byte)) return readPng(bytes)
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 4) === 'WEBP') return readWebp(bytes)
  return undefined
}

function readPng(bytes: Uint8Array<ArrayBuffer>): Embedded {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const found = new Map<string, string>()
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at)
    const type = ascii(bytes, at + 4, 4)
    const data = bytes.subarray(at + 8, Math.min(at + 8 + length, bytes.length))
    const text =
      type === 'tEXt' || type === 'comf'
        ? plainText(data)
        : type === 'iTXt'
          ? internationalText(data)
          : undefined
    if (text !== undefined) found.set(text.key, text.value)
    if (type === 'IEND') break
    at += 12 + length
  }
  return pick(found)
}

type Text = { readonly key: string; readonly value: string }

function plainText(data: Uint8Array<ArrayBuffer>): Text | undefined {
  const end = data.indexOf(0)
  if (end < 1) return undefined
  return { key: ascii(data, 0, end), value: decode(data.subarray(end + 1)) }
}

/** keyword NUL compressed method language NUL translated NUL text; compressed text is left out. */
function internationalText(data: Uint8Array<ArrayBuffer>): Text | undefined {
  const end = data.indexOf(0)
  if (end < 1 || data[end + 1] !== 0) return undefined
  const language = data.indexOf(0, end + 3)
  const translated = language < 0 ? -1 : data.indexOf(0, language + 1)
  if (translated < 0) return undefined
  return { key: ascii(data, 0, end), value: decode(data.subarray(translated + 1)) }
}

function readWebp(bytes: Uint8Array<ArrayBuffer>): Embedded {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 12; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at + 4, true)
    if (ascii(bytes, at, 4) === 'EXIF')
      return readExif(bytes.subarray(at + 8, Math.min(at + 8 + length, bytes.length)))
    at += 8 + length + (length % 2)
  }
  return {}
}

/** The first directory's text entries, each `key:text`. */
function readExif(data: Uint8Array<ArrayBuffer>): Embedded {
  const tiff = ascii(data, 0, 4) === 'Exif' ? data.subarray(6) : data
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength)
  const found = new Map<string, string>()
  if (tiff.length < 8) return {}
  const little = ascii(tiff, 0, 2) === 'II'
  const start = view.getUint32(4, little)
  if (start + 2 > tiff.length) return {}
  const count = Math.min(view.getUint16(start, little), 200)
  for (let index = 0; index < count; index++) {
    const at = start + 2 + 12 * index
    if (at + 12 > tiff.length || view.getUint16(at + 2, little) !== 2) continue
    const length = view.getUint32(at + 4, little)
    const offset = length <= 4 ? at + 8 : view.getUint32(at + 8, little)
    if (offset + length > tiff.length) continue
    const text = decode(tiff.subarray(offset, offset + length)).replace(/\0+$/, '')
    const colon = text.indexOf(':')
    if (colon > 0) found.set(text.slice(0, colon).toLowerCase(), text.slice(colon + 1))
  }
  return pick(found)
}

function pick(found: ReadonlyMap<string, string>): Embedded {
  const workflow = found.get('workflow')
  const prompt = found.get('prompt')
  return { ...(workflow !== undefined && { workflow }), ...(prompt !== undefined && { prompt }) }
}

/** UTF-8, and Latin-1 where it is not. */
function decode(data: Uint8Array<ArrayBuffer>): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(data)
  } catch {
    return new TextDecoder('latin1').decode(data)
  }
}

function ascii(bytes: Uint8Array<ArrayBuffer>, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + Math.min(length, 200)))
}
