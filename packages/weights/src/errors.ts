/** The one error of this room: what is wrong with a weight file, where, and what to do about it. */

/** Why a weight file was refused. */
export type WeightsErrorCode =
  | 'FILE_NOT_FOUND'
  | 'NOT_READABLE'
  | 'NOT_SAFETENSORS'
  | 'PICKLE_FILE'
  | 'GGUF_FILE'
  | 'LFS_POINTER'
  | 'TRUNCATED_FILE'
  | 'HEADER_TOO_LARGE'
  | 'BAD_HEADER'
  | 'BAD_OFFSETS'
  | 'OVERLAPPING_OFFSETS'
  | 'WRONG_DTYPE'
  | 'WRONG_SHAPE'
  | 'MISSING_KEYS'
  | 'BAD_INDEX'
  | 'BAD_SHARD_NAME'
  | 'MISSING_SHARD'
  | 'AMBIGUOUS_FOLDER'

/** Where the problem is. */
export type WeightsErrorPlace = {
  readonly path: string
  /** The tensor concerned, as it is called in the file. */
  readonly key?: string | undefined
  /** All tensors concerned, where there are several. */
  readonly keys?: readonly string[]
  readonly cause?: unknown
}

/** A weight file that cannot be used. `message` says what, where and what to do. */
export class WeightsError extends Error {
  override readonly name: string = 'WeightsError'
  readonly code: WeightsErrorCode
  readonly path: string
  readonly key?: string
  readonly keys?: readonly string[]

  constructor(code: WeightsErrorCode, message: string, place: WeightsErrorPlace) {
    const at = place.key === undefined ? place.path : `${place.path}, tensor ${quoteName(place.key)}`
    super(`${at}: ${message}`, place.cause === undefined ? {} : { cause: place.cause })
    this.code = code
    this.path = place.path
    if (place.key !== undefined) this.key = place.key
    if (place.keys !== undefined) this.keys = place.keys
  }
}

const SHOWN_NAME_CHARACTERS = 200

/** A name from a file made safe to print: quoted, escaped, and cut when very long. */
export function quoteName(name: string): string {
  return JSON.stringify(
    name.length > SHOWN_NAME_CHARACTERS ? `${name.slice(0, SHOWN_NAME_CHARACTERS)}…` : name,
  )
}

const SHOWN_NAMES = 20

/** Several names for a message; beyond twenty the rest is counted. */
export function quoteNames(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN_NAMES).map(quoteName).join(', ')
  return names.length > SHOWN_NAMES ? `${shown} and ${names.length - SHOWN_NAMES} more` : shown
}
