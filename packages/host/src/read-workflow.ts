/** Reads a workflow from a file, or from stdin as `-`. */
import { open } from 'node:fs/promises'
import { addAbortSignal, type Readable } from 'node:stream'
import { HostError, toHostError } from '@dicache/protocol'

/** Workflows are text of kilobytes; more than this is not one. */
const MAX_BYTES = 64 * 2 ** 20

/**
 * The text of a workflow file, or of `stdin` for the path `-`.
 * @param signal ends the waiting for stdin
 * @throws HostError FILE_NOT_FOUND, FILE_NOT_READABLE, UNSUPPORTED_FILE (a folder), TOO_LARGE
 */
export async function readWorkflowFile(
  path: string,
  stdin?: Readable,
  signal?: AbortSignal,
): Promise<string> {
  try {
    if (path === '-' && stdin !== undefined) {
      return await readAll(signal === undefined ? stdin : addAbortSignal(signal, stdin), 'stdin')
    }
    // A device or a pipe has no size: it is read no further than a workflow may go.
    await using handle = await open(path, 'r')
    return await readAll(handle.createReadStream({ autoClose: false, end: MAX_BYTES }), path)
  } catch (error) {
    if (signal?.aborted === true) throw toHostError(signal.reason)
    const known = toHostError(error, { path })
    if (known.code === 'FILE_NOT_FOUND')
      throw new HostError('FILE_NOT_FOUND', `there is no file ${path}`, { path, cause: error })
    throw known
  }
}

async function readAll(from: AsyncIterable<Uint8Array>, name: string): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of from) {
    size += chunk.length
    if (size > MAX_BYTES) throw tooLarge(name)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function tooLarge(path: string): HostError {
  return new HostError('TOO_LARGE', `${path} is over ${MAX_BYTES / 2 ** 20} MB: it is no workflow`, { path })
}
