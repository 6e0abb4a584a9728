/** Unpacks a compressed text, no further than a document may go: a few bytes can unpack to gigabytes. */
import { MAX_TEXT_BYTES } from './byte-source.ts'

/** The unpacked bytes; undefined for what is damaged or too large. */
export async function inflateText(packed: Uint8Array): Promise<Uint8Array | undefined> {
  const stream = new DecompressionStream('deflate')
  const writer = stream.writable.getWriter()
  // A damaged stream fails on both of its ends; the reading end tells it.
  const writing = Promise.allSettled([writer.write(Uint8Array.from(packed)), writer.close()])
  const reader = (stream.readable as ReadableStream<Uint8Array>).getReader()
  const parts: Uint8Array[] = []
  let size = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      size += value.length
      if (size > MAX_TEXT_BYTES) {
        await reader.cancel()
        return undefined
      }
      parts.push(value)
    }
  } catch {
    return undefined // damaged: there is no text
  } finally {
    await writing
  }
  return joinParts(parts, size)
}

function joinParts(parts: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
