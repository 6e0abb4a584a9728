/** Where results may be reported to: addresses that the server's owner named, and nothing else. */
import { isIP } from 'node:net'
import { HostError } from '@dicache/protocol'

/** An address of the list, and what it stands for. */
export type WebhookTarget = {
  readonly url: URL
  /** The owner named a bare IP address: it may be one of the own network. Names must lead to public addresses. */
  readonly byAddress: boolean
}

/** Decides about addresses. */
export type WebhookList = (url: string) => WebhookTarget

/**
 * Reads the owner's list: `https://hooks.example.com/studio/` allows what is below it.
 * @throws HostError BAD_REQUEST for an entry that is no http(s) address, or has a user, query or fragment
 */
export function webhookList(entries: readonly string[]): WebhookList {
  const allowed = entries.map((entry) => {
    const url = parse(entry)
    if (url === undefined || url.search !== '')
      throw new HostError('BAD_REQUEST', `"${entry}" is no address that webhooks can be allowed for.`)
    return url
  })
  return function allowedTarget(text) {
    const url = text.length > 2000 ? undefined : parse(text)
    if (url === undefined) throw new HostError('BAD_REQUEST', 'The webhook must be an http or https address.')
    const isListed = allowed.some(
      (entry) => entry.origin === url.origin && isBelow(url.pathname, entry.pathname),
    )
    if (!isListed)
      throw new HostError(
        'FORBIDDEN',
        `Webhooks to ${url.origin} are not allowed. Start the server with this address in its list.`,
      )
    const host = url.hostname.replace(/^\[|\]$/g, '')
    return { url, byAddress: isIP(host) !== 0 }
  }
}

function parse(text: string): URL | undefined {
  const url = URL.parse(text)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined
  if (url.username !== '' || url.password !== '' || url.hash !== '') return undefined
  return url
}

function isBelow(path: string, base: string): boolean {
  // An encoded slash or dot could mean another folder to the server behind the address.
  if (/%2f|%5c|%2e/i.test(path)) return false
  return path === base || path.startsWith(base.endsWith('/') ? base : `${base}/`)
}
