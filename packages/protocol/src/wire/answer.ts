/** How the server answers a request: the value, or an error with everything that is wrong with the document. */
import type { ErrorReport } from '../host-error.ts'
import type { Problem } from '../problem.ts'

/** The acknowledgement of every request. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ErrorReport; readonly problems?: readonly Problem[] }

/** The function that a request ends with; the server calls it once. */
export type Acknowledge<T> = (answer: Answer<T>) => void
