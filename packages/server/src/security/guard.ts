/** The door: every request and every WebSocket comes through here before anything else sees it. */
import { type IncomingMessage, STATUS_CODES } from 'node:http'
import { HostError } from '@dicache/protocol'
import type { NextFunction, Request, Response } from 'express'
import { type AccessPolicy, judgeCaller } from './access-policy.ts'
import { type AccessToken, proofOf } from './access-token.ts'
import type { FailureLimit } from './failure-limit.ts'
import { sendError } from './send-error.ts'

/** What the door is made of. */
export type GuardOptions = {
  readonly policy: AccessPolicy
  /** Required from everybody when it is there. */
  readonly token?: AccessToken
  readonly failures: FailureLimit
}

/** How a request was judged. */
export type Verdict =
  | { readonly kind: 'in' }
  | { readonly kind: 'out'; readonly error: HostError; readonly waitS?: number }

/** Judges a request by its headers and its address. `isSocket`: a WebSocket's URL may bring the token. */
export function judge(guard: GuardOptions, request: IncomingMessage, isSocket: boolean): Verdict {
  const { headers, method = 'GET', url = '/' } = request
  const [path = '/', query = ''] = url.split('?', 2)
  const refusal = judgeCaller(guard.policy, {
    method,
    path,
    host: headers.host,
    origin: headers.origin,
    site: single(headers['sec-fetch-site']),
    mode: single(headers['sec-fetch-mode']),
    dest: single(headers['sec-fetch-dest']),
  })
  if (refusal !== undefined) return { kind: 'out', error: new HostError('FORBIDDEN', refusal.message) }
  if (guard.token === undefined || OPEN_PATHS.has(path)) return { kind: 'in' }
  const address = request.socket.remoteAddress ?? ''
  const waitMs = guard.failures.waitMs(address)
  if (waitMs > 0) {
    const waitS = Math.ceil(waitMs / 1000)
    const message = `Too many wrong tokens came from this address. Try again in ${waitS} s.`
    return { kind: 'out', error: new HostError('TOO_MANY_TRIES', message), waitS }
  }
  const proof = proofOf(guard.token, {
    authorization: headers.authorization,
    cookie: headers.cookie,
    query: isSocket ? (new URLSearchParams(query).get('token') ?? undefined) : undefined,
  })
  if (proof === 'ok') return { kind: 'in' }
  if (proof === 'wrong') guard.failures.fail(address)
  const error = new HostError(
    'UNAUTHORIZED',
    proof === 'wrong'
      ? 'The access token is wrong.'
      : 'This server needs its access token: log in at /login, or send "Authorization: Bearer TOKEN". It was printed when the server started.',
  )
  return { kind: 'out', error }
}

/** The door as a middleware. */
export function guardMiddleware(
  guard: GuardOptions,
): (request: Request, response: Response, next: NextFunction) => void {
  return function guardRequest(request, response, next) {
    const verdict = judge(guard, request, false)
    if (verdict.kind === 'in') {
      next()
      return
    }
    const wantsPage =
      request.method === 'GET' && request.path === '/' && request.accepts(['json', 'html']) === 'html'
    const isUnknown = verdict.error.code === 'UNAUTHORIZED'
    if (isUnknown && wantsPage) {
      response.redirect(303, '/login')
      return
    }
    if (verdict.waitS !== undefined) response.set('Retry-After', String(verdict.waitS))
    if (isUnknown) response.set('WWW-Authenticate', 'Bearer')
    sendError(response, verdict.error)
  }
}

/** The door for an upgrade: undefined lets it in, else the lines of the answer. */
export function refuseUpgrade(guard: GuardOptions, request: IncomingMessage): string | undefined {
  const verdict = judge(guard, request, true)
  if (verdict.kind === 'in') return undefined
  const status = verdict.error.httpStatus
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`
}

/** Where one logs in. */
const OPEN_PATHS: ReadonlySet<string> = new Set(['/login'])

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header
}
