/** Names that come from documents must stay inside the folder they are looked up in. */
import { realpath } from 'node:fs/promises'
import path from 'node:path'
import { HostError } from '@dicache/protocol'

/**
 * The absolute path of `name` below `folder`.
 * @throws HostError PATH_OUTSIDE for absolute names, drive letters, `..`, NUL characters and empty names.
 */
export function containedPath(folder: string, name: string): string {
  const normal = name.replaceAll('\\', '/')
  const resolved = path.resolve(folder, normal)
  const inside = resolved.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep)
  if (
    normal === '' ||
    normal.includes('\0') ||
    normal.startsWith('/') ||
    /^[a-z]:/i.test(normal) ||
    !inside
  ) {
    throw new HostError(
      'PATH_OUTSIDE',
      `"${name.slice(0, 200)}" leaves the folder ${folder}; use a name inside it`,
      { path: folder },
    )
  }
  return resolved
}

/**
 * Makes sure that links do not lead out of a folder: the nearest part of `file` that exists must be below it. The folder
 * itself may be a link.
 * @param file an absolute path that {@link containedPath} gave
 * @throws HostError PATH_OUTSIDE
 */
export async function checkRealPath(folder: string, file: string): Promise<void> {
  const root = (await realPathOf(folder)) ?? folder
  for (let at = file; at !== folder && at !== path.dirname(at); at = path.dirname(at)) {
    const real = await realPathOf(at)
    if (real === undefined) continue
    if (real !== root && !real.startsWith(root.endsWith(path.sep) ? root : root + path.sep))
      throw new HostError(
        'PATH_OUTSIDE',
        `"${path.relative(folder, file)}" is behind a link that leaves the folder ${folder}; use a name inside it`,
        { path: folder },
      )
    return
  }
}

/** The path without links; undefined where nothing is. */
function realPathOf(file: string): Promise<string | undefined> {
  return realpath(file).catch(() => undefined)
}
