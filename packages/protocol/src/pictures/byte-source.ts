/** Bytes that are read in pieces: a file on disk, a file that was dropped on a page, or an array. */

/** Something that can be read at any place. */
export type ByteSource = {
  readonly sizeBytes: number
  /** The bytes from `offset` on, at most `length`; fewer where the end comes first. */
  readonly read: (offset: number, length: number) => Promise<Uint8Array>
}

/** An array as a source; what it gives are views into the array. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    sizeBytes: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
  }
}

/** The number of bytes that a document in a picture may have. */
export const MAX_TEXT_BYTES: number = 64 * 2 ** 20

/** UTF-8 where it is that, else Latin-1, which every byte is. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return new TextDecoder('latin1').decode(bytes)
  }
}

/** A view for reading numbers. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
