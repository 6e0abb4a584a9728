/** Byte ranges of one file, through a file handle. The file is never read as a whole. */
import { type FileHandle, open, realpath, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { WeightsError } from './errors.ts'

/** An opened file. */
export type RangeReader = {
  /** As given. */
  readonly path: string
  /** Absolute folder of the file, symbolic links resolved. */
  readonly folder: string
  /** Name of the file in `folder`. */
  readonly file: string
  /** Bytes, when it was opened. */
  readonly size: number
  /** @throws TRUNCATED_FILE when the file ends before; NOT_READABLE after `close`. */
  readonly read: (offset: number, length: number, signal?: AbortSignal) => Promise<Uint8Array<ArrayBuffer>>
  readonly close: () => Promise<void>
}

/** One read of the system call; between two the signal is asked. */
const CHUNK_BYTES = 64 * 1024 * 1024

/** @throws FILE_NOT_FOUND or NOT_READABLE (a folder, a pipe, no permission); the signal's reason when aborted. */
export async function openRangeReader(path: string, signal?: AbortSignal): Promise<RangeReader> {
  signal?.throwIfAborted()
  const { real, handle } = await openFile(path)
  try {
    const { size } = await handle.stat()
    let closed = false
    return {
      path,
      folder: dirname(real),
      file: basename(real),
      size,
      async read(offset, length, readSignal) {
        if (closed) throw new WeightsError('NOT_READABLE', 'it was read after it was closed', { path })
        return await readRange({ handle, path, offset, length }, readSignal)
      },
      async close() {
        if (closed) return
        closed = true
        await handle.close()
      },
    }
  } catch (cause) {
    await handle.close()
    throw toWeightsError(cause, path)
  }
}

async function openFile(path: string): Promise<{ readonly real: string; readonly handle: FileHandle }> {
  try {
    const real = await realpath(path)
    // Asked before opening: opening a pipe waits for its writer.
    if (!(await stat(real)).isFile()) {
      throw new WeightsError('NOT_READABLE', 'it is no regular file. Give the path of a .safetensors file', {
        path,
      })
    }
    return { real, handle: await open(real, 'r') }
  } catch (cause) {
    throw toWeightsError(cause, path)
  }
}

type Range = {
  readonly handle: FileHandle
  readonly path: string
  readonly offset: number
  readonly length: number
}

async function readRange(range: Range, signal: AbortSignal | undefined): Promise<Uint8Array<ArrayBuffer>> {
  const { handle, path, offset, length } = range
  const bytes = allocate(length, path)
  let done = 0
  while (done < length) {
    signal?.throwIfAborted()
    const want = Math.min(CHUNK_BYTES, length - done)
    const { bytesRead } = await handle.read(bytes, done, want, offset + done).catch((cause: unknown) => {
      throw toWeightsError(cause, path)
    })
    if (bytesRead === 0) {
      throw new WeightsError('TRUNCATED_FILE', 'it became shorter while it was open. Open it again', { path })
    }
    done += bytesRead
  }
  return bytes
}

function allocate(length: number, path: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(length)
  } catch (cause) {
    throw new WeightsError('NOT_READABLE', `there is no memory for ${length} bytes of it`, { path, cause })
  }
}

/** A file system error in this room's words; other errors as they are. */
export function toWeightsError(cause: unknown, path: string): unknown {
  if (cause instanceof WeightsError || !(cause instanceof Error)) return cause
  if (!('code' in cause) || typeof cause.code !== 'string') return cause
  if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') {
    return new WeightsError('FILE_NOT_FOUND', 'there is no such file. Check the path', { path, cause })
  }
  return new WeightsError('NOT_READABLE', `it cannot be read (${cause.code})`, { path, cause })
}
