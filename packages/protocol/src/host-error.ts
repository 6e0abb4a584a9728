/** The one error that crosses rooms, and the one way to make it from whatever was thrown. */
import { errorClass, isErrorCode } from './error-catalogue.ts'
import type { ErrorCode } from './error-catalogue.ts'

/** Where an error happened. */
export type ErrorPlace = {
  /** A file, or a JSON pointer into a document. */
  readonly path?: string
  readonly nodeId?: string
}

/** An error as it travels: plain JSON. */
export type ErrorReport = ErrorPlace & { readonly code: ErrorCode; readonly message: string }

/** An error with a code of the catalogue. Its message says what is wrong, where, and what to do. */
export class HostError extends Error implements ErrorReport {
  override readonly name: string = 'HostError'
  readonly code: ErrorCode
  readonly path?: string
  readonly nodeId?: string

  constructor(code: ErrorCode, message: string, options: ErrorPlace & ErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    if (options.path !== undefined) this.path = options.path
    if (options.nodeId !== undefined) this.nodeId = options.nodeId
  }

  get httpStatus(): number {
    return errorClass(this.code).http
  }

  get exitCode(): 1 | 2 | 130 {
    return errorClass(this.code).exit
  }

  /** What leaves the program: neither stack nor cause, and nothing of an unforeseen error's text. */
  toJSON(): ErrorReport {
    return {
      code: this.code,
      message:
        this.code === 'INTERNAL'
          ? 'An unexpected error happened inside the program; its log has the details.'
          : this.message,
      ...(this.path !== undefined && { path: this.path }),
      ...(this.nodeId !== undefined && { nodeId: this.nodeId }),
    }
  }
}

/**
 * Makes a HostError of anything thrown: one stays as it is, an error of another room with a code of the catalogue keeps
 * code and path, errors of the operating system and of AbortSignals are translated, the rest is INTERNAL.
 * `place` fills in what the error itself does not know.
 */
export function toHostError(thrown: unknown, place: ErrorPlace = {}): HostError {
  const own = thrown instanceof Error ? (thrown as Error & { path?: unknown; nodeId?: unknown }) : undefined
  const merged: ErrorPlace & ErrorOptions = {
    ...place,
    ...(typeof own?.path === 'string' && { path: own.path }),
    ...(typeof own?.nodeId === 'string' && { nodeId: own.nodeId }),
    cause: thrown,
  }
  if (thrown instanceof HostError && merged.path === thrown.path && merged.nodeId === thrown.nodeId)
    return thrown
  if (own === undefined)
    return new HostError('INTERNAL', `Something that is no error was thrown: ${describe(thrown)}`, merged)
  const code = codeOf(own)
  return new HostError(
    code,
    messageOf(code, own),
    thrown instanceof HostError ? { ...merged, cause: thrown.cause } : merged,
  )
}

/** Errors of libuv by their `code`; the same for every platform. */
const ERRNO: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'DISK_FULL',
  EDQUOT: 'DISK_FULL',
  EROFS: 'OUTPUT_NOT_WRITABLE',
  ENOENT: 'FILE_NOT_FOUND',
  ENOTDIR: 'FILE_NOT_FOUND',
  EISDIR: 'UNSUPPORTED_FILE',
  ENAMETOOLONG: 'FILE_NOT_FOUND',
  ENOMEM: 'OUT_OF_MEMORY',
  EADDRINUSE: 'ADDRESS_IN_USE',
}
const READING = new Set(['scandir', 'stat', 'lstat', 'read', 'readlink', 'realpath', 'opendir'])

function codeOf(error: Error): ErrorCode {
  const { code, syscall } = error as Error & { code?: unknown; syscall?: unknown }
  if (isErrorCode(code)) return code
  if (error.name === 'AbortError') return 'CANCELLED'
  if (error.name === 'TimeoutError') return 'TIMED_OUT'
  if (code === 'EACCES' || code === 'EPERM') {
    return typeof syscall === 'string' && READING.has(syscall) ? 'FILE_NOT_READABLE' : 'OUTPUT_NOT_WRITABLE'
  }
  if (typeof code === 'string' && Object.hasOwn(ERRNO, code)) return ERRNO[code] ?? 'INTERNAL'
  return error instanceof RangeError &&
    /allocation failed|Invalid (typed )?array( buffer)? length/i.test(error.message)
    ? 'OUT_OF_MEMORY'
    : 'INTERNAL'
}

const ADVICE: Partial<Record<ErrorCode, string>> = {
  DISK_FULL: 'The disk is full. Free some space, then run again.',
  OUTPUT_NOT_WRITABLE: 'A file cannot be written there. Check the folder and its permissions.',
  FILE_NOT_READABLE: 'A file may not be read. Check its permissions.',
  FILE_NOT_FOUND: 'A file does not exist.',
  OUT_OF_MEMORY: 'There is not enough memory. Use a smaller size or batch.',
  CANCELLED: 'The run was cancelled.',
  TIMED_OUT: 'It took longer than allowed.',
}

function messageOf(code: ErrorCode, error: Error): string {
  if (isErrorCode((error as Error & { code?: unknown }).code)) return error.message
  const advice = ADVICE[code]
  return advice === undefined ? error.message : `${advice} (${error.message})`
}

function describe(value: unknown): string {
  try {
    return String(value)
  } catch {
    return typeof value
  }
}
