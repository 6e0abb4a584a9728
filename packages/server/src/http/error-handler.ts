/** Errors and unknown paths as JSON: `{ error: { code, message } }`. */
import { HostError, toHostError } from '@dicache/protocol'
import type { ErrorRequestHandler, RequestHandler } from 'express'
import type { Logger } from 'pino'

export const unknownPath: RequestHandler = (request, _response, next) => {
  next(new HostError('NOT_FOUND', `there is nothing at ${request.method} ${request.path.slice(0, 200)}`))
}

/** Answers with the error; what nobody foresaw is logged, and its text stays inside. */
export function errorHandler(log: Logger): ErrorRequestHandler {
  return function answerError(thrown: unknown, request, response, next) {
    if (response.headersSent) return next(thrown)
    const error = clientFault(thrown) ?? toHostError(thrown)
    if (error.code === 'INTERNAL') log.error({ err: error.cause, method: request.method, path: request.path })
    response.status(error.httpStatus).json({ error })
  }
}

/** The errors of express and its body parsers carry a status of their own. */
function clientFault(thrown: unknown): HostError | undefined {
  if (!(thrown instanceof Error) || !('status' in thrown) || typeof thrown.status !== 'number')
    return undefined
  if (thrown.status === 413) return new HostError('TOO_LARGE', `the request is too large: ${thrown.message}`)
  if (thrown.status === 404) return new HostError('NOT_FOUND', 'there is no such file')
  if (thrown.status === 403) return new HostError('FORBIDDEN', 'this path is not served')
  return thrown.status >= 400 && thrown.status < 500
    ? new HostError('BAD_REQUEST', thrown.message)
    : undefined
}
