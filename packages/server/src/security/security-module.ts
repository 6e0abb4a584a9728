/** The door as a part of the server: it comes first, and every request and upgrade goes through it. */
import { networkInterfaces } from 'node:os'
import type { ModuleFactory } from '../server-module.ts'
import { accessPolicy } from './access-policy.ts'
import { accessToken, newToken } from './access-token.ts'
import { createFailureLimit } from './failure-limit.ts'
import { type GuardOptions, guardMiddleware, judge } from './guard.ts'
import { loginRoutes } from './login-page.ts'
import { pageHeaders } from './page-headers.ts'

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '::1'])

export const securityModule: ModuleFactory = ({ options }) => {
  const { host = '127.0.0.1', security = {} } = options
  const isOpen = !LOOPBACK.has(host)
  const text = security.token ?? (isOpen ? newToken() : undefined)
  const names = [...(security.allowHosts ?? []), ...(isOpen && !isAnyAddress(host) ? [host] : [])]
  // Nobody is let in before the port is known.
  let guard: GuardOptions = {
    policy: { hosts: new Set(), origins: new Set() },
    failures: createFailureLimit(),
    ...(text !== undefined && { token: accessToken(text) }),
  }
  return {
    name: 'security',
    middleware: [pageHeaders(), (request, response, next) => guardMiddleware(guard)(request, response, next)],
    routes: loginRoutes(guard),
    admit(request) {
      const verdict = judge(guard, request, true)
      if (verdict.kind === 'in') return undefined
      const { code, message, httpStatus: status } = verdict.error
      return { code, message, status }
    },
    listening({ port, url }) {
      guard = {
        ...guard,
        policy: accessPolicy(port, [...names, ...(isAnyAddress(host) ? ownAddresses() : [])]),
      }
      if (text === undefined || security.token !== undefined) return
      const tell = security.tellToken ?? tellOnStderr
      tell(text, url)
    },
  }
}

function isAnyAddress(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}

/** The machine's addresses. They are safe as names: an attacker's name is never a bare address of ours. */
function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((entries) =>
    (entries ?? []).map(({ address }) => address),
  )
}

function tellOnStderr(token: string, url: string): void {
  process.stderr.write(
    `Other machines need this access token, shown this once: ${token}\nLog in at ${url}/login\n`,
  )
}
