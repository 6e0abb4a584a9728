/** Reads a workflow from a file, or from stdin as `-`. */
import { open } from 'node:fs/promises'
import { HostError, toHostError } from '@dicache/protocol'

/** Workflows are text of kilobytes; more than this is not one. */
const MAX_BYTES = 64 * 2 ** 20

/**
 * The text of a workflow file.
 * @throws HostError FILE_NOT_FOUND, FILE_NOT_READABLE, UNSUPPORTED_FILE (a folder), TOO_LARGE
 */
export async function readWorkflowFile(path: string, stdin?: AsyncIterable<Uint8Array>): Promise<string> {
  if (path === '-' && stdin !== undefined) return readAll(stdin, 'stdin')
  try {
    await using handle = await open(path, 'r')
    const { size } = await handle.stat()
    if (size > MAX_BYTES) throw tooLarge(path)
    return await handle.readFile('utf8')
  } catch (error) {
    const known = toHostError(error, { path })
    if (known.code === 'FILE_NOT_FOUND')
      throw new HostError('FILE_NOT_FOUND', `there is no file ${path}`, { path, cause: error })
    throw known
  }
}

async function readAll(stdin: AsyncIterable<Uint8Array>, name: string): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stdin) {
    size += chunk.length
    if (size > MAX_BYTES) throw tooLarge(name)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function tooLarge(path: string): HostError {
  return new HostError('TOO_LARGE', `${path} is over ${MAX_BYTES / 2 ** 20} MB: it is no workflow`, { path })
}
