/** Reads a workflow from a file (JSON, or a picture that carries it), or from stdin as `-`. */
import { type FileHandle, open } from 'node:fs/promises'
import { addAbortSignal, type Readable } from 'node:stream'
import {
  bytesSource,
  type ByteSource,
  HostError,
  pictureKind,
  readPictureWorkflow,
  toHostError,
} from '@dicache/protocol'

/** Workflows are text of kilobytes; more than this is not one. */
const MAX_BYTES = 64 * 2 ** 20
/** Tells a picture from a text. */
const HEAD_BYTES = 12

/**
 * The JSON text of a workflow file, or of `stdin` for the path `-`. Of a picture (PNG, WebP) only the metadata is read.
 * @param signal ends the waiting for stdin
 * @throws HostError FILE_NOT_FOUND, FILE_NOT_READABLE, UNSUPPORTED_FILE (a folder, a picture without a workflow), TOO_LARGE
 */
export async function readWorkflowFile(
  path: string,
  stdin?: Readable,
  signal?: AbortSignal,
): Promise<string> {
  try {
    if (path === '-' && stdin !== undefined) {
      const from = signal === undefined ? stdin : addAbortSignal(signal, stdin)
      return await workflowText(await readAll(from, 'stdin'), 'stdin')
    }
    await using handle = await open(path, 'r')
    const stats = await handle.stat()
    if (stats.isFile()) {
      const source = fileSource(handle, stats.size)
      if (pictureKind(await source.read(0, HEAD_BYTES)) !== undefined)
        return await readPictureWorkflow(source, path)
    }
    // A device or a pipe has no size: it is read no further than a workflow may go.
    const stream = handle.createReadStream({ autoClose: false, end: MAX_BYTES })
    return await workflowText(await readAll(stream, path), path)
  } catch (error) {
    if (signal?.aborted === true) throw toHostError(signal.reason)
    const known = toHostError(error, { path })
    if (known.code === 'FILE_NOT_FOUND')
      throw new HostError('FILE_NOT_FOUND', `there is no file ${path}`, { path, cause: error })
    throw known
  }
}

function workflowText(bytes: Buffer, name: string): Promise<string> {
  return pictureKind(bytes.subarray(0, HEAD_BYTES)) === undefined
    ? Promise.resolve(bytes.toString('utf8'))
    : readPictureWorkflow(bytesSource(bytes), name)
}

function fileSource(handle: FileHandle, sizeBytes: number): ByteSource {
  return {
    sizeBytes,
    async read(offset, length) {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, sizeBytes - offset)))
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, offset)
      return bytes.subarray(0, bytesRead)
    },
  }
}

async function readAll(from: AsyncIterable<Uint8Array>, name: string): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of from) {
    size += chunk.length
    if (size > MAX_BYTES) throw tooLarge(name)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function tooLarge(path: string): HostError {
  return new HostError('TOO_LARGE', `${path} is over ${MAX_BYTES / 2 ** 20} MB: it is no workflow`, { path })
}
