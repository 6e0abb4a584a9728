/**
 * The file of one result: eight bytes that name the format, lengths, a checksum, a header of JSON, then the buffers.
 * It is written beside its place and renamed into it, so that no process ever sees half of one; a damaged one is told
 * by its checksum.
 */
import { closeSync, fstatSync, openSync, readSync, renameSync, rmSync, writevSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import type { WrittenValue } from './result-values.ts'

/** Part of every file, and of every address: another format is never read by mistake. */
export const RESULT_FORMAT = 'DICRES02'

/** What a file says besides the bytes of its buffers. */
export type ResultHeader = {
  readonly key: string
  readonly value: WrittenValue
  /** The files that the node wrote, as they were then. */
  readonly files: readonly FileState[]
  /** Bytes of each buffer. */
  readonly buffers: readonly number[]
}

/** A file of the user: its result only holds while it is there as it was. */
export type FileState = { readonly path: string; readonly sizeBytes: number; readonly modifiedMs: number }

/** A file's contents. */
export type ResultFile = { readonly header: ResultHeader; readonly buffers: readonly ArrayBuffer[] }

const PREFIX_BYTES = RESULT_FORMAT.length + 4 + 8 + 4
/** JSON beyond this is no result worth keeping. */
const MAX_HEADER_BYTES = 16 * 2 ** 20

/** The parts of a file; undefined when it would be too large. */
export function packResult(
  header: Omit<ResultHeader, 'buffers'>,
  buffers: readonly Uint8Array[],
): readonly Uint8Array[] | undefined {
  const text = Buffer.from(
    JSON.stringify({ ...header, buffers: buffers.map(({ byteLength }) => byteLength) }),
  )
  if (text.length > MAX_HEADER_BYTES) return undefined
  const prefix = Buffer.alloc(PREFIX_BYTES)
  prefix.write(RESULT_FORMAT, 'latin1')
  prefix.writeUInt32LE(text.length, 8)
  prefix.writeBigUInt64LE(BigInt(buffers.reduce((sum, { byteLength }) => sum + byteLength, 0)), 12)
  // The lengths are in the sum too: a file cut short or grown is as damaged as one with a flipped bit.
  let sum = crc32(text, crc32(prefix.subarray(0, 20)))
  for (const bytes of buffers) sum = crc32(bytes, sum)
  prefix.writeUInt32LE(sum, 20)
  return [prefix, text, ...buffers]
}

/** Writes a file whole or not at all. `temporary` must be in the same folder as `target`. */
export function writeResult(target: string, temporary: string, parts: readonly Uint8Array[]): void {
  try {
    const file = openSync(temporary, 'wx')
    try {
      writeParts(file, parts)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, target)
  } catch (fault) {
    rmSync(temporary, { force: true })
    throw fault
  }
}

/** One call writes 2 GiB and 1,024 parts at most, and may write less than it was given. */
function writeParts(file: number, parts: readonly Uint8Array[]): void {
  let rest = parts.filter(({ byteLength }) => byteLength > 0)
  while (rest.length > 0) {
    let written = writevSync(file, rest.slice(0, 64))
    while (written > 0) {
      const [first] = rest
      if (first === undefined) break
      rest = written >= first.byteLength ? rest.slice(1) : [first.subarray(written), ...rest.slice(1)]
      written -= Math.min(written, first.byteLength)
    }
  }
}

/** Reads a file. @throws TypeError or RangeError when it is damaged, and what the system throws */
export function readResult(path: string, key: string): ResultFile {
  const file = openSync(path, 'r')
  try {
    const size = fstatSync(file).size
    const prefix = readBytes(file, PREFIX_BYTES)
    const headerBytes = prefix.readUInt32LE(8)
    const bufferBytes = Number(prefix.readBigUInt64LE(12))
    if (prefix.toString('latin1', 0, 8) !== RESULT_FORMAT || headerBytes > MAX_HEADER_BYTES)
      throw new TypeError('another format')
    if (PREFIX_BYTES + headerBytes + bufferBytes !== size) throw new RangeError('another length')
    const text = readBytes(file, headerBytes)
    let sum = crc32(text, crc32(prefix.subarray(0, 20)))
    const header = JSON.parse(text.toString()) as ResultHeader
    if (header.buffers.reduce((total, length) => total + length, 0) !== bufferBytes)
      throw new RangeError('another length')
    const buffers = header.buffers.map((length) => {
      const bytes = readBytes(file, length)
      sum = crc32(bytes, sum)
      return bytes.buffer
    })
    if (sum !== prefix.readUInt32LE(20)) throw new TypeError('another checksum')
    if (header.key !== key) throw new TypeError('the result of another node')
    return { header, buffers }
  } finally {
    closeSync(file)
  }
}

/** Bytes in memory of their own. */
function readBytes(file: number, length: number): Buffer<ArrayBuffer> {
  const bytes = Buffer.from(new ArrayBuffer(length))
  for (let done = 0; done < length; ) {
    const read = readSync(file, bytes, done, Math.min(length - done, 2 ** 30), null)
    if (read === 0) throw new RangeError('cut short')
    done += read
  }
  return bytes
}
