/** Reports to a webhook: to the address that was checked, without redirects, within limits. */
import { lookup } from 'node:dns'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { LookupFunction } from 'node:net'
import { HostError } from '@dicache/protocol'
import { isPublicAddress } from './public-address.ts'
import type { WebhookTarget } from './webhook-target.ts'

/** Milliseconds for a whole call. */
const TIMEOUT_MS = 10_000

/** Finds the addresses of a name; `node:dns` unless a test says otherwise. */
export type ResolveName = typeof lookup

/**
 * Posts JSON; resolves with the status. An answer's body is not read.
 * @throws HostError FORBIDDEN when the name leads to an address that is not public, TIMED_OUT; errors of the network
 */
export function sendWebhook(
  { url, byAddress }: WebhookTarget,
  body: string,
  signal: AbortSignal,
  resolve: ResolveName = lookup,
): Promise<number> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])
  return new Promise((done, fail) => {
    const call = request(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) },
      signal: deadline,
      agent: false,
      maxHeaderSize: 16 * 1024,
      ...(!byAddress && { lookup: publicLookup(resolve) }),
    })
    call.on('response', (response) => {
      done(response.statusCode ?? 0)
      response.destroy()
    })
    call.on('error', fail)
    call.end(body)
  })
}

/** Resolves a name as the connection is made, so that no other answer can come between check and call. */
function publicLookup(resolve: ResolveName): LookupFunction {
  return function lookupPublic(hostname, options, done) {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return done(error, '', 0)
      const bad = addresses.find(({ address }) => !isPublicAddress(address))
      const [first] = addresses
      if (bad !== undefined || first === undefined) {
        const refused = new HostError(
          'FORBIDDEN',
          `The webhook's name ${hostname} leads to ${bad?.address ?? 'no address'}, which is not public.`,
        )
        return done(refused, '', 0)
      }
      if (options.all === true) return done(null, addresses)
      return done(null, first.address, first.family)
    })
  }
}
