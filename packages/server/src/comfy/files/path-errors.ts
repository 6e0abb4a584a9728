/** What the system says of a path that a client named, in our words. */
import { HostError } from '@dicache/protocol'

const NO_PLACE = new Set(['EISDIR', 'ENOTDIR', 'EEXIST', 'ENOTEMPTY', 'ENAMETOOLONG'])

/** The system's code of an error, such as `EEXIST`. */
export function codeOf(cause: unknown): string | undefined {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  return typeof code === 'string' ? code : undefined
}

/** BAD_REQUEST where the path is what is wrong, else the error as it is. */
export function noPlace(cause: unknown): unknown {
  return NO_PLACE.has(codeOf(cause) ?? '')
    ? new HostError('BAD_REQUEST', 'A part of this path is a file, or it is a folder, or too long.', {
        cause,
      })
    : cause
}

export function alreadyThere(): HostError {
  return new HostError('ALREADY_EXISTS', 'There is a file of this name; allow "overwrite" to replace it.')
}
