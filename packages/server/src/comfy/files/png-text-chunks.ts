/** Carries the text chunks of a PNG file, which hold its workflow, over to another one. */

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const TEXTS: ReadonlySet<string> = new Set(['tEXt', 'iTXt', 'zTXt'])

/** The target with the texts of the source before its pixels. A source that is no PNG has none. */
export function copyTexts(source: Uint8Array, target: Uint8Array): Uint8Array {
  const texts = chunksOf(source).filter(({ type }) => TEXTS.has(type))
  const [header] = chunksOf(target)
  if (header === undefined || texts.length === 0) return target
  const at = SIGNATURE.length + header.bytes.length
  return Buffer.concat([target.subarray(0, at), ...texts.map(({ bytes }) => bytes), target.subarray(at)])
}

type Chunk = { readonly type: string; readonly bytes: Uint8Array }

/** The chunks with lengths and checksums, as far as they are whole. */
function chunksOf(file: Uint8Array): readonly Chunk[] {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength)
  if (!bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE)) return []
  const chunks: Chunk[] = []
  for (let at = SIGNATURE.length; at + 12 <= bytes.length; ) {
    const end = at + 12 + bytes.readUInt32BE(at)
    if (end > bytes.length) break
    chunks.push({ type: bytes.toString('latin1', at + 4, at + 8), bytes: bytes.subarray(at, end) })
    at = end
  }
  return chunks
}
