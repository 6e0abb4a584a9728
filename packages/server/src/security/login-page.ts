/** Where a browser shows the access token once, and gets a cookie for it. */
import { createHash } from 'node:crypto'
import type { Request, Response } from 'express'
import express from 'express'
import { SESSION_COOKIE } from './access-token.ts'
import type { GuardOptions } from './guard.ts'

const STYLE =
  'body{font:16px system-ui,sans-serif;margin:15vh auto;max-width:24rem;padding:0 1rem;color-scheme:light dark}' +
  'input,button{font:inherit;padding:.5rem;width:100%;box-sizing:border-box;margin-top:.5rem}'

const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`

/** The longest a session lasts, in seconds: thirty days. */
const SESSION_S = 30 * 24 * 3600

/** Routes of the login page: `GET /login`, `POST /login` with the field `token`. Without a token they lead to the editor. */
export function loginRoutes(guard: GuardOptions): express.Router {
  const router = express.Router()
  router.get('/login', (_request, response) => {
    if (guard.token === undefined) response.redirect(303, '/')
    else sendPage(response, 200, '')
  })
  router.post('/login', express.urlencoded({ extended: false, limit: '4kb' }), (request, response) => {
    const { token, failures } = guard
    if (token === undefined) {
      response.redirect(303, '/')
      return
    }
    const address = request.socket.remoteAddress ?? ''
    const waitMs = failures.waitMs(address)
    if (waitMs > 0) {
      response.set('Retry-After', String(Math.ceil(waitMs / 1000)))
      sendPage(response, 429, 'Too many wrong tokens. Wait a minute, then try again.')
      return
    }
    if (!token.matches(tokenIn(request))) {
      failures.fail(address)
      sendPage(response, 401, 'This is not the token.')
      return
    }
    response.cookie(SESSION_COOKIE, token.cookie, {
      httpOnly: true,
      sameSite: 'strict',
      secure: request.secure,
      path: '/',
      maxAge: SESSION_S * 1000,
    })
    response.redirect(303, '/')
  })
  return router
}

function tokenIn(request: Request): string {
  const body: unknown = request.body
  const token = typeof body === 'object' && body !== null && 'token' in body ? body.token : undefined
  return typeof token === 'string' ? token.trim() : ''
}

function sendPage(response: Response, status: number, message: string): void {
  response
    .status(status)
    .set({ 'Content-Security-Policy': POLICY, 'Cache-Control': 'no-store' })
    .type('html')
    .send(
      `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>DiCache Studio</title><style>${STYLE}</style><h1>DiCache Studio</h1><form method="post" action="/login"><label for="token">Access token, as the server printed it</label><input id="token" name="token" type="password" autocomplete="current-password" required autofocus><button>Log in</button></form><p role="alert">${message}</p></html>`,
    )
}
