/** Who may call: decides by Host, Origin and Sec-Fetch-Site, so that no web page reaches a server on its visitor's machine. */

/** Names under which this server may be called. */
export type AccessPolicy = {
  /** `name:port`, or a bare `name` that stands for every port; lower case. IPv6 addresses have brackets. */
  readonly hosts: ReadonlySet<string>
  /** Other origins that may call, such as `https://studio.example`; lower case, no path. */
  readonly origins: ReadonlySet<string>
}

/** What a request says about where it comes from. */
export type Caller = {
  readonly method: string
  /** Path without the query. */
  readonly path: string
  readonly host: string | undefined
  readonly origin: string | undefined
  /** The `Sec-Fetch-*` headers, which pages cannot set. */
  readonly site: string | undefined
  readonly mode: string | undefined
  readonly dest: string | undefined
}

/** Why a caller is sent away. */
export type Refusal = { readonly reason: 'host' | 'origin' | 'cross-site'; readonly message: string }

/**
 * Judges a caller; undefined lets it in.
 * The Host must be one of ours (a name that an attacker's DNS points here is not), an Origin must be the Host's own, and
 * what a browser calls cross-site is refused. A link to the editor's page is let through: a page is not an answer to a
 * script, and it cannot be framed.
 */
export function judgeCaller(policy: AccessPolicy, caller: Caller): Refusal | undefined {
  const { host, origin, site } = caller
  if (host === undefined || !isOwnHost(policy, host)) {
    return {
      reason: 'host',
      message: `The host "${short(host ?? '')}" is not one of this server's names. Start it with --allow-host NAME to add one.`,
    }
  }
  if (origin !== undefined && !isOwnOrigin(policy, origin, host)) {
    return { reason: 'origin', message: `Pages of "${short(origin)}" may not use this server.` }
  }
  const foreignOrigin = origin !== undefined && policy.origins.has(origin.toLowerCase())
  if (site === 'cross-site' && !foreignOrigin && !isVisit(caller)) {
    return { reason: 'cross-site', message: 'Other sites may not use this server.' }
  }
  return undefined
}

/**
 * The policy of a server at an address.
 * @param port the port it listens on
 * @param names further names: `studio.lan` (any port), `studio.lan:8080`, or an origin `https://studio.lan`
 */
export function accessPolicy(port: number, names: readonly string[] = []): AccessPolicy {
  const own = ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${port}`)
  const given = names.map((name) => name.trim().toLowerCase()).filter((name) => name !== '')
  const origins = given.filter((name) => name.includes('://')).map((name) => name.replace(/\/+$/, ''))
  const hosts = given.filter((name) => !name.includes('://')).map(bracketed)
  return { hosts: new Set([...own, ...hosts]), origins: new Set(origins) }
}

/** A bare IPv6 address as a host name. */
function bracketed(name: string): string {
  return name.split(':').length > 2 && !name.startsWith('[') ? `[${name}]` : name
}

function isOwnHost({ hosts }: AccessPolicy, header: string): boolean {
  const host = parseHost(header)
  return host !== undefined && (hosts.has(host.name) || hosts.has(`${host.name}:${host.port}`))
}

/** A Host header's name and port; 80 where it names none. No user, path or space may hide in it. */
function parseHost(header: string): { readonly name: string; readonly port: number } | undefined {
  const match = /^([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?$/.exec(header.toLowerCase())
  const [, name, port] = match ?? []
  return name === undefined ? undefined : { name, port: port === undefined ? 80 : Number(port) }
}

/** Whether an Origin is that of the Host it calls, or one that was allowed by name. `null` never is. */
function isOwnOrigin({ origins }: AccessPolicy, origin: string, host: string): boolean {
  if (origins.has(origin.toLowerCase())) return true
  if (!/^https?:\/\/[^/?#@\s]+$/i.test(origin)) return false
  const url = URL.parse(origin)
  // The Host header knows no scheme: read with the origin's, its default port falls away on both sides.
  return url !== null && url.host === URL.parse(`${url.protocol}//${host}`)?.host
}

/** Whether somebody follows a link to the editor's page. */
function isVisit({ method, path, mode, dest }: Caller): boolean {
  return method === 'GET' && path === '/' && mode === 'navigate' && dest === 'document'
}

function short(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text
}
