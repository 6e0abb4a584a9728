/** Names that come from documents must stay inside the folder they are looked up in. */
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
