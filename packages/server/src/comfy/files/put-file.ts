/** Puts a file in its place: whole or not at all. */
import { link, mkdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { alreadyThere, codeOf, noPlace } from './path-errors.ts'

/** Makes a file beside its place, then puts it there whole. @throws ALREADY_EXISTS, BAD_REQUEST */
export async function putFile(
  target: string,
  options: { readonly overwrite: boolean; readonly make: (at: string) => Promise<void> },
): Promise<void> {
  const partial = path.join(path.dirname(target), `.partial-${crypto.randomUUID()}`)
  try {
    await mkdir(path.dirname(target), { recursive: true })
    // Asked first, so that a file that would be moved stays where it is.
    if (!options.overwrite && (await stat(target).catch(() => undefined)) !== undefined) throw alreadyThere()
    await options.make(partial)
    if (options.overwrite) await rename(partial, target)
    else await link(partial, target)
  } catch (cause) {
    throw !options.overwrite && codeOf(cause) === 'EEXIST' ? alreadyThere() : noPlace(cause)
  } finally {
    // Where a part of the path is a file there is nothing to remove.
    await rm(partial, { force: true }).catch(() => undefined)
  }
}
