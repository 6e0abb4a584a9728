/** The clients of the WebSocket, by the ids they gave themselves. */
import { stringifyJson } from '@dicache/protocol'
import { WebSocket } from 'ws'
import type { ComfyMessage } from './event-messages.ts'
import { createLoopTurns, type LoopTurns } from './loop-turns.ts'

/** Beyond this many unsent bytes a client gets no more pictures of the state so far. */
const SKIP_PREVIEWS_BYTES = 2 * 2 ** 20
/** Beyond this many it is cut off; it may come back, and finds everything in the history. */
const CUT_OFF_BYTES = 64 * 2 ** 20

/** One connected client. */
export type HubClient = {
  readonly id: string
  readonly socket: WebSocket
  readonly turns: LoopTurns
  /** Milliseconds since 1970. */
  readonly connectedAtMs: number
  /** It asked for previews that say whose they are. */
  previewMetadata: boolean
}

/** The clients that are connected. */
export type ClientHub = {
  /** Adds a client; the one that had its id before is closed. */
  readonly add: (id: string, socket: WebSocket) => HubClient
  readonly remove: (client: HubClient) => void
  readonly get: (id: string) => HubClient | undefined
  readonly size: () => number
  readonly send: (id: string | undefined, message: ComfyMessage) => void
  readonly broadcast: (message: ComfyMessage) => void
  /** Sends a binary frame. `droppable`: a slow client may miss it. */
  readonly sendBinary: (client: HubClient, frame: Uint8Array, droppable: boolean) => void
  readonly clients: () => Iterable<HubClient>
}

/** Makes a hub. */
export function createClientHub(): ClientHub {
  const clients = new Map<string, HubClient>()

  const write = (client: HubClient, data: string | Uint8Array): void => {
    const { socket } = client
    if (socket.readyState !== WebSocket.OPEN) return
    if (socket.bufferedAmount > CUT_OFF_BYTES) {
      socket.terminate()
      return
    }
    socket.send(data)
  }
  return {
    add(id, socket) {
      clients.get(id)?.socket.close(1000, 'another connection has this id')
      const client: HubClient = {
        id,
        socket,
        turns: createLoopTurns(socket),
        connectedAtMs: Date.now(),
        previewMetadata: false,
      }
      clients.set(id, client)
      return client
    },
    remove(client) {
      // A newer socket may have the id by now.
      if (clients.get(client.id) === client) clients.delete(client.id)
    },
    get: (id) => clients.get(id),
    size: () => clients.size,
    send(id, message) {
      const client = id === undefined ? undefined : clients.get(id)
      if (client !== undefined) write(client, textOf(message))
    },
    broadcast(message) {
      const text = textOf(message)
      for (const client of clients.values()) write(client, text)
    },
    sendBinary(client, frame, droppable) {
      if (droppable && client.socket.bufferedAmount > SKIP_PREVIEWS_BYTES) return
      write(client, frame)
    },
    clients: () => clients.values(),
  }
}

function textOf({ type, data }: ComfyMessage): string {
  return stringifyJson({ type, data })
}
