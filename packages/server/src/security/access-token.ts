/** The secret that whoever calls from another machine must know. */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** A token that can be compared without telling, by the time it takes, how much of a guess was right. */
export type AccessToken = {
  /** Whether a guess is the token. */
  readonly matches: (guess: string) => boolean
  /** What a browser keeps after logging in; the token cannot be read out of it. */
  readonly cookie: string
  /** Whether a cookie is the one that logging in gave. */
  readonly matchesCookie: (guess: string) => boolean
}

/** A new token of 192 bits, safe in URLs. */
export function newToken(): string {
  return randomBytes(24).toString('base64url')
}

/** Wraps a token. @throws RangeError for one of fewer than 16 characters. */
export function accessToken(token: string): AccessToken {
  if (token.length < 16) throw new RangeError('an access token needs at least 16 characters')
  const digest = digestOf(token)
  const cookie = createHmac('sha256', token).update('dicache session').digest('base64url')
  const cookieDigest = digestOf(cookie)
  return {
    matches: (guess) => timingSafeEqual(digestOf(guess), digest),
    cookie,
    matchesCookie: (guess) => timingSafeEqual(digestOf(guess), cookieDigest),
  }
}

/** Digests are of one length, whatever the guess is. */
function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** What a request brings to prove itself. */
export type Credentials = {
  readonly authorization: string | undefined
  readonly cookie: string | undefined
  /** `token` of the query; only the WebSocket may bring it there, because URLs end up in logs and histories. */
  readonly query?: string | undefined
}

/** How a request proved itself. `none`: it brought nothing; `wrong`: what it brought is not the token. */
export type Proof = 'ok' | 'none' | 'wrong'

/** Name of the cookie that logging in sets. */
export const SESSION_COOKIE: string = 'dicache_session'

/** Checks `Authorization: Bearer …`, the query, and the cookie, in this order; the first one brought decides. */
export function proofOf(token: AccessToken, credentials: Credentials): Proof {
  const bearer = /^Bearer +(\S+) *$/i.exec(credentials.authorization ?? '')?.[1]
  if (bearer !== undefined) return token.matches(bearer) ? 'ok' : 'wrong'
  if (credentials.query !== undefined) return token.matches(credentials.query) ? 'ok' : 'wrong'
  const cookie = readCookie(credentials.cookie ?? '', SESSION_COOKIE)
  // A cookie of an earlier token is no guess.
  return cookie !== undefined && token.matchesCookie(cookie) ? 'ok' : 'none'
}

function readCookie(header: string, name: string): string | undefined {
  for (const part of header.split(';')) {
    const [key, value] = part.split('=', 2)
    if (key?.trim() === name) return value?.trim()
  }
  return undefined
}
