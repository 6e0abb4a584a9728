/** Names that come from outside: of files, and of folders inside a root. */
import { HostError } from '@dicache/protocol'

/** The longest name that file systems take, in bytes. */
const MAX_NAME_BYTES = 255
/** The longest path that is looked at, in characters. */
const MAX_PATH_LENGTH = 1024

/**
 * A relative path with forward slashes, as it is safe to join to a root; `''` is the root itself.
 * @throws PATH_OUTSIDE for absolute paths, drive letters, `..`; BAD_REQUEST for backslashes, control characters,
 * names that are too long, and `.` as a part
 */
export function safePath(text: string): string {
  if (text.length > MAX_PATH_LENGTH) throw new HostError('BAD_REQUEST', 'The path is too long.')
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f\\]/.test(text))
    throw new HostError('BAD_REQUEST', 'A path may not hold backslashes or control characters.')
  if (text.startsWith('/') || /^[a-z]:/i.test(text)) throw outside(text)
  const parts = text.split('/').filter((part) => part !== '')
  if (parts.includes('..')) throw outside(text)
  for (const part of parts) checkPart(part)
  return parts.join('/')
}

/**
 * A name of one file.
 * @throws BAD_REQUEST for empty names, names with slashes or a drive, `.` and `..`, and all that {@link safePath} refuses
 */
export function safeName(text: string): string {
  if (text === '' || text === '.' || text === '..' || text.includes('/') || /^[a-z]:/i.test(text))
    throw new HostError('BAD_REQUEST', `"${text.slice(0, 100)}" is no file name.`)
  return safePath(text)
}

function checkPart(part: string): void {
  if (Buffer.byteLength(part) > MAX_NAME_BYTES) throw new HostError('BAD_REQUEST', 'A name is too long.')
  // Windows cuts trailing dots and spaces off, so that such a name means another file there.
  if (/[. ]$/.test(part) || part === '.')
    throw new HostError(
      'BAD_REQUEST',
      `"${part.slice(0, 100)}" is no file name: it ends with a dot or a space.`,
    )
}

function outside(text: string): HostError {
  return new HostError('PATH_OUTSIDE', `"${text.slice(0, 100)}" leaves its folder.`)
}
