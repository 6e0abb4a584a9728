/** The chunks that a PNG file is made of (PNG specification, third edition, 5): walked, checked and made. */
import { crc32 } from 'node:zlib'

const SIGNATURE = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10)
/** Length, type and checksum around a chunk's data. */
const OVERHEAD_BYTES = 12

/** A file that is no PNG, or a damaged one. */
export class PngError extends Error {
  override readonly name: string = 'PngError'
  readonly code = 'UNSUPPORTED_FILE'
  constructor(reason: string) {
    super(`This is not a PNG that can be read: ${reason}.`)
  }
}

/** One chunk: `data` is a view into the file, `end` the offset of what follows it. */
export type PngChunk = { readonly type: string; readonly data: Uint8Array; readonly end: number }

/** Whether a file begins as every PNG does. */
export function isPng(file: Uint8Array): boolean {
  return SIGNATURE.every((byte, n) => file[n] === byte)
}

/**
 * Walks the chunks of a file, IHDR first and IEND last; what follows IEND is not looked at.
 * @throws PngError (UNSUPPORTED_FILE) at the first chunk that is damaged, missing or cut off.
 */
export function* pngChunks(file: Uint8Array): Generator<PngChunk, void, undefined> {
  if (!isPng(file)) throw new PngError('its first bytes are not those of a PNG')
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  let at = SIGNATURE.length
  let last = ''
  while (last !== 'IEND') {
    if (at + OVERHEAD_BYTES > file.length) throw new PngError('it ends before its end chunk')
    const length = view.getUint32(at)
    const end = at + OVERHEAD_BYTES + length
    if (end > file.length) throw new PngError(`a chunk of ${length} bytes goes beyond its end`)
    const type = String.fromCharCode(...file.subarray(at + 4, at + 8))
    if (!/^[A-Za-z]{4}$/.test(type)) throw new PngError(`a chunk at byte ${at} has no name`)
    if (last === '' && (type !== 'IHDR' || length !== 13))
      throw new PngError('it does not begin with a header chunk')
    if (crc32(file.subarray(at + 4, end - 4)) !== view.getUint32(end - 4))
      throw new PngError(`the checksum of its ${type} chunk is wrong`)
    yield { type, data: file.subarray(at + 8, end - 4), end }
    last = type
    at = end
  }
}

/** The colour type of a file that is known to be a PNG: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA. */
export function pngColourType(file: Uint8Array): number {
  return file[25] ?? 0
}

/** Makes a chunk: length, type, data, checksum. */
export function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const whole = new Uint8Array(data.length + OVERHEAD_BYTES)
  const view = new DataView(whole.buffer)
  view.setUint32(0, data.length)
  whole.set(Buffer.from(type, 'latin1'), 4)
  whole.set(data, 8)
  view.setUint32(data.length + 8, crc32(whole.subarray(4, data.length + 8)))
  return whole
}

/** Makes a file of chunks. */
export function pngFile(chunks: readonly Uint8Array[]): Uint8Array {
  return joinBytes([SIGNATURE, ...chunks])
}

/** One array with the bytes of all. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
