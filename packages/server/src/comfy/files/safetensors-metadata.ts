/** The `__metadata__` of a safetensors file. */
import { open } from 'node:fs/promises'
import { isJsonObject, type JsonObject, parseJson } from '@dicache/protocol'

/** Longer headers are not read. */
const MAX_HEADER_BYTES = 64 * 2 ** 20

/** Reads it; undefined for files of other kinds, broken ones, and those without. */
export async function safetensorsMetadata(file: string): Promise<JsonObject | undefined> {
  await using handle = await open(file, 'r')
  const start = Buffer.alloc(8)
  const { bytesRead } = await handle.read(start, 0, 8, 0)
  const length = bytesRead < 8 ? 0n : start.readBigUInt64LE()
  if (length < 2n || length > BigInt(MAX_HEADER_BYTES)) return undefined
  const header = Buffer.alloc(Number(length))
  const read = await handle.read(header, 0, header.length, 8)
  if (read.bytesRead < header.length) return undefined
  try {
    const value = parseJson(header.toString('utf8'))
    const metadata = isJsonObject(value) ? value['__metadata__'] : undefined
    return isJsonObject(metadata) ? metadata : undefined
  } catch {
    return undefined
  }
}
