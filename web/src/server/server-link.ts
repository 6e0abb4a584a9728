/** The socket to the server: requests with answers, and everything that it tells, in order and without gaps. */
import { io } from 'socket.io-client'
import type { Socket } from 'socket.io-client'
import type {
  Acknowledge,
  Answer,
  ClientToServerEvents,
  EventBatch,
  PreviewInfo,
  QueueChange,
  ServerToClientEvents,
} from '@dicache/protocol'

/** What the server tells. */
export type ServerListeners = {
  readonly onLink: (link: 'connecting' | 'online' | 'offline') => void
  readonly onEvents: (batch: EventBatch) => void
  readonly onPreview: (info: PreviewInfo, image: ArrayBuffer | Uint8Array) => void
  readonly onQueue: (change: QueueChange) => void
  readonly onNodesChanged: () => void
}

type Requests = {
  readonly [Name in keyof ClientToServerEvents]: Parameters<ClientToServerEvents[Name]> extends [
    infer Request,
    Acknowledge<infer Value>,
  ]
    ? { readonly request: Request; readonly value: Value }
    : never
}

/** A connected, or connecting, server. */
export type ServerLink = {
  /** Asks; an answer that takes longer than the limit is an error. */
  readonly ask: <Name extends keyof Requests>(
    name: Name,
    request: Requests[Name]['request'],
  ) => Promise<Answer<Requests[Name]['value']>>
  readonly dispose: () => void
}

const LIMIT_MS = 30_000

export function createServerLink(listeners: ServerListeners): ServerLink {
  const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io({
    transports: ['websocket', 'polling'],
    reconnectionDelay: 300,
    reconnectionDelayMax: 3000,
  })
  socket.on('connect', () => listeners.onLink('online'))
  socket.on('disconnect', () => listeners.onLink('offline'))
  socket.on('connect_error', () => listeners.onLink('offline'))
  socket.on('run.events', listeners.onEvents)
  socket.on('run.preview', listeners.onPreview)
  socket.on('queue.changed', listeners.onQueue)
  socket.on('nodes.changed', listeners.onNodesChanged)
  return {
    async ask(name, request) {
      // The map of requests is exact; the emitter's own overloads cannot follow a name that is a type parameter.
      const emit = socket.timeout(LIMIT_MS).emitWithAck.bind(socket.timeout(LIMIT_MS)) as (
        name: string,
        request: unknown,
      ) => Promise<never>
      if (!socket.connected) return away()
      try {
        return await emit(name, request)
      } catch {
        return away()
      }
    },
    dispose: () => void socket.disconnect(),
  }
}

function away(): Answer<never> {
  return {
    ok: false,
    error: {
      code: 'TIMED_OUT',
      message: 'The server does not answer. It is asked again as soon as it is back.',
    },
  }
}
