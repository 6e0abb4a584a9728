/** The Socket.IO server of `protocol/wire`, below `/socket.io/`. */
import { createServer } from 'node:http'
import type { ClientToServerEvents, ServerToClientEvents } from '@dicache/protocol'
import express from 'express'
import { Server, type Socket } from 'socket.io'
import type { ModuleFactory } from '../server-module.ts'
import type { ServerServices } from '../services.ts'
import { answerQueueRequests, answerRunRequests } from './answers.ts'
import { createOutlet, type Outlet } from './outlet.ts'
import { createRequests } from './requests.ts'

export type StudioSocket = Socket<ClientToServerEvents, ServerToClientEvents>

const PATH = '/socket.io'
/** A workflow with long texts is a megabyte. */
const MAX_MESSAGE_BYTES = 32 * 2 ** 20
/** A client that asks and asks, and never reads the answers, is let go. */
const MOST_WAITING = 1000

export const socketModule: ModuleFactory = (services) => {
  const io = new Server<ClientToServerEvents, ServerToClientEvents>({
    path: PATH,
    serveClient: false,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    connectTimeout: 10_000,
    httpCompression: false,
  })
  // Attached to a server that never listens: requests come through the routes and the checks of this one.
  io.attach(createServer())
  const outlets = new Map<StudioSocket, Outlet>()
  const watchers = new Set<StudioSocket>()

  io.on('connection', (socket) => {
    socket.conn.on('packetCreate', () => {
      if (waiting(socket) > MOST_WAITING) socket.conn.close(true)
    })
    const outlet = outletFor(socket, services)
    outlets.set(socket, outlet)
    const requests = createRequests(socket as unknown as Parameters<typeof createRequests>[0], services.log)
    answerRunRequests(requests, services, { outlet, clientId: clientIdOf(socket) })
    answerQueueRequests(requests, services, {
      watch: () => void watchers.add(socket),
      unwatch: () => void watchers.delete(socket),
    })
    socket.on('disconnect', () => {
      outlets.delete(socket)
      watchers.delete(socket)
    })
  })

  const stops = [
    services.runs.onEvent((event) => {
      for (const outlet of outlets.values()) outlet.event(event)
    }),
    services.runs.onPreview((info, bytes) => {
      for (const outlet of outlets.values()) outlet.preview(info, bytes)
    }),
    services.runs.onQueueChange((change) => {
      for (const socket of watchers) {
        // A change that is left out shows in the next one's revision: the client asks for a snapshot.
        if (waiting(socket) < MOST_QUEUE_CHANGES) socket.emit('queue.changed', change)
      }
    }),
  ]

  const routes = express.Router()
  routes.use(PATH, (request, response) => {
    io.engine.handleRequest(request as Parameters<typeof io.engine.handleRequest>[0], response)
  })
  return {
    name: 'sockets',
    routes,
    upgrade(request, socket, head) {
      if (!isOurs(request.url)) return false
      io.engine.handleUpgrade(request as Parameters<typeof io.engine.handleUpgrade>[0], socket, head)
      return true
    },
    async dispose() {
      for (const stop of stops) stop()
      io.disconnectSockets(true)
      await io.close()
    },
  }
}

const MOST_QUEUE_CHANGES = 64

function isOurs(url: string | undefined): boolean {
  const path = (url ?? '').split('?', 1)[0]
  return path === PATH || path === `${PATH}/`
}

/** How many packets wait for a client to read. */
function waiting(socket: StudioSocket): number {
  // engine.io keeps them in a list that is public to its own packages only.
  return (socket.conn as unknown as { readonly writeBuffer: readonly unknown[] }).writeBuffer.length
}

function outletFor(socket: StudioSocket, { runs }: ServerServices): Outlet {
  return createOutlet({
    connection: {
      waiting: () => waiting(socket),
      isIdle: () => waiting(socket) === 0 && socket.conn.transport.writable,
      onDrain: (listener) => whenWritable(socket, listener),
    },
    // A run that was deleted has no more events.
    read: (runId, fromSeq, limit) => (runs.has(runId) ? runs.events(runId, fromSeq, limit) : []),
    sendEvents: (batch) => void socket.emit('run.events', batch),
    sendPreview: (info, bytes) => void socket.emit('run.preview', info, bytes),
  })
}

/** Calls when packets were taken, and when the transport is free again: `drain` comes before it is. */
function whenWritable({ conn }: StudioSocket, listener: () => void): void {
  conn.on('drain', listener)
  conn.transport.on('ready', listener)
  conn.on('upgrade', () => void conn.transport.on('ready', listener))
}

/** `io(url, { auth: { clientId } })`: names the client in queue and history. */
function clientIdOf(socket: StudioSocket): string | undefined {
  const given: unknown = socket.handshake.auth['clientId']
  return typeof given === 'string' && given.length > 0 && given.length <= 200 ? given : undefined
}
