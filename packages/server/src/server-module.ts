/**
 * A part of the server: middleware, routes, upgrades. Parts know the services, and never each other;
 * `modules.ts` has the list of them.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ErrorCode } from '@dicache/protocol'
import type { RequestHandler, Router } from 'express'
import type { ServerServices } from './services.ts'

/** Why a request or an upgrade is turned away: the status and the JSON body `{ error: { code, message } }`. */
export type Refusal = {
  readonly code: ErrorCode
  readonly message: string
  /** @defaultValue the status of the code */
  readonly status?: number
}

export type ServerModule = {
  readonly name: string
  /** Runs before the routes of every module, in the order of the list: headers, checks of hosts and tokens. */
  readonly middleware?: readonly RequestHandler[]
  readonly routes?: Router
  /** Asked about every upgrade and every request of Socket.IO, which do not pass the middleware. */
  readonly admit?: (request: IncomingMessage) => Refusal | undefined
  /** Takes the upgrade if it is for this module (`/ws`), and says so. `/socket.io/` is taken already. */
  readonly upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean
  /** Called when the server listens, with its address. */
  readonly listening?: (address: ServerAddress) => void
  /** Ends connections and timers. Runs before the worker and the database are closed. */
  readonly dispose?: () => Promise<void> | void
}

export type ServerAddress = { readonly host: string; readonly port: number; readonly url: string }

/** Makes a module for a server. */
export type ModuleFactory = (services: ServerServices) => ServerModule | Promise<ServerModule>
