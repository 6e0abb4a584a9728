/** Moves a file to another name, so that at every moment one of the two names has it. */
import { link, mkdir, rename, unlink } from 'node:fs/promises'
import path from 'node:path'
import { alreadyThere, codeOf, noPlace } from './path-errors.ts'

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
    throw !overwrite && codeOf(cause) === 'EEXIST' ? alreadyThere() : noPlace(cause)
  }
  await unlink(source)
}
