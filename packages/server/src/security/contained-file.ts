/** Opens files below a root, and nothing else: links are resolved before the place is judged. */
import { realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import { HostError } from '@dicache/protocol'
import { safePath } from './names.ts'

/** A file or folder that exists below a root. */
export type ContainedPath = {
  /** Absolute, without links. */
  readonly realPath: string
  readonly kind: 'file' | 'folder'
  readonly sizeBytes: number
  readonly modifiedMs: number
  readonly createdMs: number
}

/**
 * Finds what is at a relative path below a root; undefined when nothing is there.
 * @throws PATH_OUTSIDE when the path, or a link on it, leads out of the root; BAD_REQUEST for impossible names
 */
export async function findBelow(root: string, relative: string): Promise<ContainedPath | undefined> {
  const safe = safePath(relative)
  const [realRoot, realPath] = await Promise.all([resolved(root), resolved(path.join(root, safe))])
  if (realRoot === undefined || realPath === undefined) return undefined
  if (!isBelow(realRoot, realPath))
    throw new HostError('PATH_OUTSIDE', `"${safe}" is a link that leaves its folder.`)
  const facts = await stat(realPath).catch(() => undefined)
  if (facts === undefined || !(facts.isFile() || facts.isDirectory())) return undefined
  return {
    realPath,
    kind: facts.isFile() ? 'file' : 'folder',
    sizeBytes: facts.size,
    modifiedMs: facts.mtimeMs,
    createdMs: facts.birthtimeMs,
  }
}

/**
 * The place of a file that may not exist yet. The nearest folder that exists must be below the root, links resolved.
 * @throws PATH_OUTSIDE, BAD_REQUEST as {@link findBelow}
 */
export async function placeBelow(root: string, relative: string): Promise<string> {
  const target = path.join(root, safePath(relative))
  const realRoot = (await resolved(root)) ?? path.resolve(root)
  for (let at = target; ; at = path.dirname(at)) {
    const real = await resolved(at)
    if (real !== undefined && !isBelow(realRoot, real))
      throw new HostError(
        'PATH_OUTSIDE',
        `"${relative.slice(0, 100)}" goes through a link that leaves its folder.`,
      )
    if (real !== undefined || at === path.dirname(at) || at === root) return target
  }
}

function isBelow(root: string, file: string): boolean {
  return file === root || file.startsWith(root.endsWith(path.sep) ? root : root + path.sep)
}

/** The path without links; undefined when it does not exist, or a part of it is a file or too long. */
async function resolved(file: string): Promise<string | undefined> {
  try {
    return await realpath(file)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG' || code === 'ELOOP')
      return undefined
    throw error
  }
}
