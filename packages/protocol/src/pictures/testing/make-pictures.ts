/** Makes files that look like pictures from outside: chunks of PNG and WebP around texts, without a picture. */

const text = (value: string): Uint8Array => new TextEncoder().encode(value)

/** One array with the bytes of all. */
export function join(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}

const word = (value: number): readonly number[] =>
  [value >>> 24, value >>> 16, value >>> 8, value].map((byte) => byte & 255)
const half = (value: number): readonly number[] => [(value >>> 8) & 255, value & 255]

/** A chunk of a PNG; its checksum is zero. */
export function pngChunk(type: string, data: Uint8Array | string): Uint8Array {
  const bytes = typeof data === 'string' ? text(data) : data
  return join(word(bytes.length), text(type), bytes, [0, 0, 0, 0])
}

/** A PNG of these chunks, between a header and an end. */
export function png(...chunks: readonly Uint8Array[]): Uint8Array {
  const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
  return join(signature, pngChunk('IHDR', new Uint8Array(13)), ...chunks, pngChunk('IEND', ''))
}

/** A WebP with an EXIF block behind a picture of an odd number of bytes. */
export function webp(exif: Uint8Array): Uint8Array {
  const chunk = (type: string, data: Uint8Array): Uint8Array =>
    join(text(type), word(data.length).toReversed(), data, data.length % 2 === 1 ? [0] : [])
  const body = join(text('WEBP'), chunk('VP8 ', new Uint8Array(5)), chunk('EXIF', exif))
  return join(text('RIFF'), word(body.length).toReversed(), body)
}

/** An EXIF block with these texts in the fields of these tags. */
export function exif(fields: readonly (readonly [tag: number, text: string])[], little = true): Uint8Array {
  const order = (bytes: readonly number[]): readonly number[] => (little ? bytes.toReversed() : bytes)
  const values = fields.map(([, value]) => text(`${value}\0`))
  let place = 8 + 2 + fields.length * 12 + 4
  const entries = fields.map(([tag], index) => {
    const length = values[index]?.length ?? 0
    const entry = join(order(half(tag)), order(half(2)), order(word(length)), order(word(place)))
    place += length
    return entry
  })
  const head = little ? [0x49, 0x49, 0x2a, 0, 8, 0, 0, 0] : [0x4d, 0x4d, 0, 0x2a, 0, 0, 0, 8]
  return join(head, order(half(fields.length)), ...entries, [0, 0, 0, 0], ...values)
}
