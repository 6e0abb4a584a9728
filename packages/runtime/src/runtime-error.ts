/** Errors of this room, each with a code that the host's catalogue knows. */

export type RuntimeErrorCode =
  | 'DEVICE_UNAVAILABLE'
  | 'SESSION_FAILED'
  | 'GRAPH_RUN_FAILED'
  | 'RUNTIME_DISPOSED'

export class RuntimeError extends Error {
  readonly code: RuntimeErrorCode
  constructor(code: RuntimeErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.name = 'RuntimeError'
    this.code = code
  }
}

/** The first line of what ONNX Runtime said: its messages carry source paths and stacks of C++. */
export function reasonOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause)
  return text.split('\n')[0] ?? text
}
