/** Puts a file in its place: whole or not at all. */
import { link, mkdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { HostError } from '@dicache/protocol'

/** Makes a file beside its place, then puts it there whole. @throws ALREADY_EXISTS, BAD_REQUEST */
export async function putFile(
  target: string,
  options: { readonly overwrite: boolean; readonly make: (at: string) => Promise<void> },
): Promise<void> {
  const partial = path.join(path.dirname(target), `.partial-${crypto.randomUUID()}`)
  try {
    await mkdir(path.dirname(target), { recursive: true })
    // Asked first, so that a file that would be moved stays where it is.
    if (!options.overwrite && (await stat(target).catch(() => undefined)) !== undefined) throw exists()
    await options.make(partial)
    if (options.overwrite) await rename(partial, target)
    else await link(partial, target)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'EEXIST' && !options.overwrite) throw exists()
    if (code === 'EISDIR' || code === 'ENOTDIR' || code === 'EEXIST' || code === 'ENAMETOOLONG')
      throw new HostError('BAD_REQUEST', 'A part of this path is a file, or it is a folder, or too long.', {
        cause,
      })
    throw cause
  } finally {
    // Where a part of the path is a file there is nothing to remove.
    await rm(partial, { force: true }).catch(() => undefined)
  }
}

function exists(): HostError {
  return new HostError('ALREADY_EXISTS', 'There is a file of this name; allow "overwrite" to replace it.')
}
