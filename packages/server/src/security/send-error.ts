/** Errors as answers: always JSON, because public clients read the body of every refusal as JSON. */
import { HostError, toHostError } from '@dicache/protocol'
import type { NextFunction, Request, Response } from 'express'

/** The body of an error. Its shape is ComfyUI's, with our code as the type. */
export type ErrorBody = {
  readonly error: {
    readonly type: string
    readonly message: string
    readonly details: string
    readonly extra_info: Readonly<Record<string, unknown>>
  }
}

/** The body for an error; nothing of an unforeseen error's text leaves the program. */
export function errorBody(error: HostError): ErrorBody {
  const { code, message } = error.toJSON()
  return { error: { type: code.toLowerCase(), message, details: '', extra_info: {} } }
}

/** Answers with an error, unless an answer has begun. */
export function sendError(response: Response, error: HostError): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  response.status(error.httpStatus).json(errorBody(error))
}

/**
 * The last of the middlewares: turns whatever was thrown into an answer.
 * @param onUnexpected hears of errors that are the program's own fault
 */
export function errorHandler(
  onUnexpected: (error: HostError, request: Request) => void,
): (thrown: unknown, request: Request, response: Response, next: NextFunction) => void {
  // Express knows a handler of errors by its four parameters.
  return function answerError(thrown, request, response, _next) {
    const error = fromHttp(thrown) ?? toHostError(thrown)
    if (error.httpStatus >= 500) onUnexpected(error, request)
    sendError(response, error)
  }
}

/** Errors of Express and its body parsers carry a status; those below 500 are the caller's. */
function fromHttp(thrown: unknown): HostError | undefined {
  if (!(thrown instanceof Error) || thrown instanceof HostError) return undefined
  const status = 'status' in thrown ? thrown.status : undefined
  if (typeof status !== 'number' || status < 400 || status >= 500) return undefined
  const code = ({ 403: 'FORBIDDEN', 404: 'NOT_FOUND', 413: 'TOO_LARGE', 415: 'UNSUPPORTED_FILE' } as const)[
    status
  ]
  return new HostError(code ?? 'BAD_REQUEST', thrown.message, { cause: thrown })
}
