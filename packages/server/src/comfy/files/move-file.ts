/** Moves a file to another name, so that at every moment one of the two names has it. */
import { link, mkdir, rename, unlink } from 'node:fs/promises'
import path from 'node:path'
import { HostError } from '@dicache/protocol'

/** @throws ALREADY_EXISTS, or BAD_REQUEST where a part of the path is a file, or the whole of it a folder */
export async function moveFile(source: string, target: string, overwrite: boolean): Promise<void> {
  try {
    await mkdir(path.dirname(target), { recursive: true })
  } catch (cause) {
    throw noPlace(cause)
  }
  try {
    if (overwrite) return await rename(source, target)
    await link(source, target)
  } catch (cause) {
    if (!overwrite && codeOf(cause) === 'EEXIST')
      throw new HostError('ALREADY_EXISTS', 'There is a file of this name; allow "overwrite" to replace it.')
    throw noPlace(cause)
  }
  await unlink(source)
}

/** What is wrong with the path, where that is what is wrong. */
function noPlace(cause: unknown): unknown {
  return ['EISDIR', 'ENOTDIR', 'EEXIST', 'ENOTEMPTY', 'ENAMETOOLONG'].includes(codeOf(cause) ?? '')
    ? new HostError('BAD_REQUEST', 'A part of this path is a file, or it is a folder, or too long.', {
        cause,
      })
    : cause
}

function codeOf(cause: unknown): string | undefined {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  return typeof code === 'string' ? code : undefined
}
