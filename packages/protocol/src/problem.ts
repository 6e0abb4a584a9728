/** What validation finds: it collects these, and throws nothing. */
import type { ErrorCode } from './error-catalogue.ts'
import type { JsonObject } from './json-value.ts'

/** A fault of a document. Only `error`s keep something from running. */
export type Problem = {
  readonly code: ErrorCode
  /** What is wrong, where, and what to do. */
  readonly message: string
  readonly severity: 'error' | 'warning'
  /** JSON pointer into the document. */
  readonly path?: string
  readonly nodeId?: string
  /** The input or parameter it is about. */
  readonly input?: string
  /** Facts of the fault by name, for programs: received value, bound, suggestions. */
  readonly details?: JsonObject
}

/** Something that was read, or why it could not be. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] }
