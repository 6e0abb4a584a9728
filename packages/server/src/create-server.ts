/** Puts a server together: services, modules, HTTP, and the way down. */
import { createServer as createHttpServer, type IncomingMessage, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { HostError, toHostError } from '@dicache/protocol'
import express from 'express'
import { errorHandler, unknownPath } from './http/error-handler.ts'
import { MODULES } from './modules.ts'
import type { ModuleFactory, Refusal, ServerAddress, ServerModule } from './server-module.ts'
import type { ServerOptions } from './server-options.ts'
import type { ServerServices } from './services.ts'
import { openServices } from './open-services.ts'

export type Server = {
  readonly services: ServerServices
  /** Begins to listen. @throws HostError ADDRESS_IN_USE */
  readonly listen: () => Promise<ServerAddress>
  /** Stops accepting, gives the run that is going a moment, and closes everything. The queue is there at the next start. */
  readonly close: (options?: { readonly graceMs?: number }) => Promise<void>
}

/** What a run that is going gets to end in, when the server is closed. */
const GRACE_MS = 5000

/**
 * Opens the home, its database and a worker; nothing listens yet. `factories` is what it is made of.
 * @throws HostError HOME_IN_USE when another server has the home
 */
export async function createServer(
  options: ServerOptions,
  factories: readonly ModuleFactory[] = MODULES,
): Promise<Server> {
  const opened = await openServices(options)
  const { services } = opened
  const modules: ServerModule[] = []
  try {
    for (const create of factories) modules.push(await create(services))
  } catch (error) {
    await opened.close(0)
    throw error
  }

  const app = express()
  app.disable('x-powered-by')
  for (const { middleware = [] } of modules) for (const handler of middleware) app.use(handler)
  for (const { routes } of modules) if (routes !== undefined) app.use(routes)
  app.use(unknownPath)
  app.use(errorHandler(services.log))
  const http = createHttpServer(app)
  const admit = (request: IncomingMessage): Refusal | undefined => {
    for (const module of modules) {
      const refusal = module.admit?.(request)
      if (refusal !== undefined) return refusal
    }
    return undefined
  }
  http.on('upgrade', (request, socket, head) => upgrade(modules, admit, { request, socket, head }))

  return {
    services,
    async listen() {
      const address = await listen(http, options)
      for (const module of modules) module.listening?.(address)
      opened.start()
      return address
    },
    async close({ graceMs = GRACE_MS } = {}) {
      http.close()
      for (const module of modules.toReversed()) await module.dispose?.()
      http.closeAllConnections()
      await opened.close(graceMs)
    },
  }
}

type Upgrade = { readonly request: IncomingMessage; readonly socket: Duplex; readonly head: Buffer }

function upgrade(
  modules: readonly ServerModule[],
  admit: (request: IncomingMessage) => Refusal | undefined,
  { request, socket, head }: Upgrade,
): void {
  const refusal = admit(request)
  if (refusal !== undefined) return refuseUpgrade(socket, refusal)
  for (const module of modules) if (module.upgrade?.(request, socket, head) === true) return
  refuseUpgrade(socket, { code: 'NOT_FOUND', message: 'there is no socket at this path' })
}

/** Answers an upgrade that is not wanted with a status, as HTTP does. */
function refuseUpgrade(socket: Duplex, refusal: Refusal): void {
  const status = refusal.status ?? new HostError(refusal.code, refusal.message).httpStatus
  const body = JSON.stringify({ error: { code: refusal.code, message: refusal.message } })
  socket.on('error', () => socket.destroy())
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

function listen(
  http: HttpServer,
  { port = 8188, host = '127.0.0.1' }: ServerOptions,
): Promise<ServerAddress> {
  return new Promise((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new HostError(
              'ADDRESS_IN_USE',
              `port ${port} of ${host} is taken by another program; choose another with --port, or 0 for a free one`,
              { cause: error },
            )
          : toHostError(error),
      )
    })
    http.listen(port, host, () => {
      const address = http.address() as AddressInfo
      const name = address.family === 'IPv6' ? `[${address.address}]` : address.address
      resolve({ host: address.address, port: address.port, url: `http://${name}:${address.port}` })
    })
  })
}
