/** ComfyUI's WebSocket: tells each client what becomes of its prompts, and all of them how long the queue is. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import {
  isJsonObject,
  type JsonObject,
  parseJson,
  type PreviewInfo,
  type RunEvent,
  type RunSummary,
} from '@dicache/protocol'
import { type WebSocket, WebSocketServer } from 'ws'
import type { ServerServices } from '../../services.ts'
import { extraDataOf } from '../prompt/parse-prompt-request.ts'
import { previewFrame, previewFrameWithMetadata } from './binary-frames.ts'
import { createClientHub, type HubClient } from './client-hub.ts'
import { createEventGate, type EventGate } from './event-gate.ts'
import { createEventMapper, endMarker, type EventMapper, message, statusMessage } from './event-messages.ts'

/** What the socket needs. */
export type SocketOptions = {
  readonly runs: Pick<
    ServerServices['runs'],
    'remaining' | 'current' | 'get' | 'onEvent' | 'onPreview' | 'onQueueChange'
  >
  /** The server's feature flags. */
  readonly features: JsonObject
  readonly log: Pick<ServerServices['log'], 'debug'>
  /** @defaultValue 1024 */
  readonly maxClients?: number
}

/** The socket of the server. */
export type ComfySocket = {
  /** Takes an upgrade of `/ws` or `/api/ws`, and says whether it did. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean
  /** Holds the events of a run back that is about to be submitted; gives what to call when its client was answered. */
  readonly hold: (runId: string, clientId: string | undefined) => () => void
  readonly dispose: () => void
}

/** Frames of clients are small; more than this closes the connection. */
const MAX_FRAME_BYTES = 64 * 2 ** 10
/** Clients that do not answer a ping until the next one are gone. */
const PING_MS = 30_000
/** Milliseconds for a client to close its side. */
const GOODBYE_MS = 500
/** A picture that a node was asked to send may not get lost, unlike one of the state so far. */
const SENT_BY_NODE = 'image/png'

/** Opens the socket. */
export function createComfySocket({ runs, features, log, maxClients = 1024 }: SocketOptions): ComfySocket {
  const hub = createClientHub()
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
  })
  const mappers = new Map<string, EventMapper>()
  const gates = new Map<string, EventGate>()
  /** Runs whose caller wants no previews, and others that were asked about; while they go. */
  const muted = new Map<string, boolean>()
  const alive = new WeakSet<WebSocket>()
  let toldRemaining = runs.remaining()

  const tellStatus = (remaining: number): void => {
    toldRemaining = remaining
    hub.broadcast(statusMessage(remaining))
  }
  const endings = [
    runs.onEvent((event, run) => onEvent(event, run)),
    runs.onPreview((info, bytes, run) => onPreview(info, bytes, run)),
    runs.onQueueChange(({ remaining }) => {
      if (remaining !== toldRemaining) tellStatus(remaining)
    }),
  ]

  function onEvent(event: RunEvent, { runId, clientId, startedAtMs }: RunSummary): void {
    // A prompt that was taken out of the queue never began: ComfyUI tells nothing of it but the new length.
    if (startedAtMs === undefined) return
    const mapper = mappers.get(runId) ?? createEventMapper(runId)
    mappers.set(runId, mapper)
    const { messages, ended } = mapper.map(event)
    if (ended) {
      mappers.delete(runId)
      muted.delete(runId)
    }
    const write = (): void => {
      for (const one of messages) {
        if (clientId === undefined && one.type === 'execution_interrupted') hub.broadcast(one)
        else hub.send(clientId, one)
      }
      if (!ended) return
      tellStatus(runs.remaining())
      hub.send(clientId, endMarker(runId))
    }
    const gate = gates.get(runId)
    if (gate === undefined) write()
    else gate.send(write)
  }

  /**
   * A picture that a node was asked to send always goes out. Those of the state so far do not where the prompt says so
   * (`preview_method: none`), nor to a client that has come only after it posted the prompt and sends no flags: public
   * ones that do so take every picture for a result.
   */
  function wants(client: HubClient, mimeType: string, { runId, createdAtMs }: RunSummary): boolean {
    if (mimeType === SENT_BY_NODE) return true
    if (!client.previewMetadata && client.connectedAtMs > createdAtMs) return false
    const isMuted = muted.get(runId) ?? extraDataOf(runs.get(runId))['preview_method'] === 'none'
    muted.set(runId, isMuted)
    return !isMuted
  }

  function onPreview(info: PreviewInfo, bytes: Uint8Array, run: RunSummary): void {
    const { clientId } = run
    const client = clientId === undefined ? undefined : hub.get(clientId)
    const { mimeType } = info
    if (client === undefined || (mimeType !== 'image/jpeg' && mimeType !== 'image/png')) return
    if (!wants(client, mimeType, run)) return
    const owner = { promptId: info.runId, nodeId: info.nodeId, displayId: info.displayId }
    const frame = client.previewMetadata
      ? previewFrameWithMetadata(mimeType, bytes, owner)
      : previewFrame(mimeType, bytes)
    const write = (): void => hub.sendBinary(client, frame, mimeType !== SENT_BY_NODE)
    const gate = gates.get(info.runId)
    if (gate === undefined) write()
    else gate.send(write)
  }

  const pings = setInterval(() => {
    for (const { socket } of hub.clients()) {
      if (!alive.delete(socket)) socket.terminate()
      else socket.ping()
    }
  }, PING_MS)
  pings.unref()

  const connect = (socket: WebSocket, id: string): void => {
    const client = hub.add(id, socket)
    alive.add(socket)
    socket.on('pong', () => alive.add(socket))
    socket.on('close', () => hub.remove(client))
    socket.on('error', (error) => log.debug({ err: error }, 'a client of /ws was cut off'))
    // Only the very first frame may bring flags; everything else that clients send is ignored.
    socket.once('message', (data, isBinary) => {
      if (!isBinary) readFlags(client, textOf(data))
    })
    hub.send(id, statusMessage(runs.remaining(), id))
    const current = runs.current()
    if (current?.run.clientId === id && current.nodeId !== undefined)
      hub.send(id, message('executing', { node: current.nodeId }))
  }

  const readFlags = (client: HubClient, text: string): void => {
    const flags = flagsIn(text)
    if (flags === undefined) return
    client.previewMetadata = flags['supports_preview_metadata'] === true
    hub.send(client.id, message('feature_flags', features))
  }

  return {
    upgrade(request, socket, head) {
      const [path, query = ''] = (request.url ?? '').split('?', 2)
      if (path !== '/ws' && path !== '/api/ws') return false
      if (hub.size() >= maxClients) {
        socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
        return true
      }
      server.handleUpgrade(request, socket, head, (webSocket) => connect(webSocket, clientIdIn(query)))
      return true
    },
    hold(runId, clientId) {
      const client = clientId === undefined ? undefined : hub.get(clientId)
      const gate = createEventGate(client?.turns, () => gates.delete(runId))
      gates.set(runId, gate)
      return gate.answered
    },
    dispose() {
      clearInterval(pings)
      for (const end of endings) end()
      for (const { socket } of hub.clients()) {
        socket.close(1001, 'the server stops')
        // Whoever does not say goodbye is cut off.
        setTimeout(() => socket.terminate(), GOODBYE_MS).unref()
      }
      server.close()
    },
  }
}

/** The id that a client brings, or a new one. */
function clientIdIn(query: string): string {
  const id = new URLSearchParams(query).get('clientId') ?? ''
  return id !== '' && id.length <= 200 ? id : crypto.randomUUID().replaceAll('-', '')
}

function textOf(data: unknown): string {
  return Buffer.isBuffer(data) ? data.toString('utf8') : ''
}

/** The flags of a `feature_flags` frame; undefined for every other text. */
function flagsIn(text: string): JsonObject | undefined {
  try {
    const frame = parseJson(text, { maxDepth: 20 })
    if (!isJsonObject(frame) || frame['type'] !== 'feature_flags') return undefined
    return isJsonObject(frame['data']) ? frame['data'] : {}
  } catch {
    return undefined
  }
}
