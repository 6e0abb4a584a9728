/** Real servers with real sockets, on free ports and homes of their own. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Answer, ClientToServerEvents, RunEvent, ServerToClientEvents } from '@dicache/protocol'
import { io, type Socket } from 'socket.io-client'
import { createServer, type Server } from '../create-server.ts'
import type { ServerOptions } from '../server-options.ts'

export const TEST_PACK: string = new URL('./test-pack.ts', import.meta.url).href

export type TestServer = AsyncDisposable & {
  readonly server: Server
  readonly url: string
  readonly home: string
  readonly connect: () => TestClient
}

export type TestClient = {
  readonly socket: Socket<ServerToClientEvents, ClientToServerEvents>
  /** Asks, and gives the value. @throws Error with code and message of the answer */
  readonly ask: <K extends keyof ClientToServerEvents>(
    name: K,
    request: Parameters<ClientToServerEvents[K]>[0],
  ) => Promise<ValueOf<K>>
  /** Subscribes, and gives all events from a number to the end of the run. */
  readonly follow: (runId: string, fromSeq?: number) => Promise<readonly RunEvent[]>
}

type ValueOf<K extends keyof ClientToServerEvents> =
  Parameters<Parameters<ClientToServerEvents[K]>[1]>[0] extends Answer<infer T> ? T : never

export async function temporaryHome(): Promise<AsyncDisposable & { readonly home: string }> {
  const home = await mkdtemp(path.join(tmpdir(), 'dicache-server-'))
  return { home, [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }) }
}

/** Starts a server with the test pack. `home` is kept when it is given. */
export async function startTestServer(options: Partial<ServerOptions> = {}): Promise<TestServer> {
  const own = options.home === undefined ? await temporaryHome() : undefined
  const home = options.home ?? own?.home ?? ''
  const server = await createServer({
    port: 0,
    logLevel: 'silent',
    packs: [TEST_PACK],
    ...options,
    home,
  })
  const { url } = await server.listen()
  const clients: TestClient[] = []
  return {
    server,
    url,
    home,
    connect() {
      const client = connectTo(url)
      clients.push(client)
      return client
    },
    async [Symbol.asyncDispose]() {
      for (const { socket } of clients) socket.disconnect()
      await server.close({ graceMs: 0 })
      await own?.[Symbol.asyncDispose]()
    },
  }
}

/** Connects a client over WebSocket. */
export function connectTo(url: string): TestClient {
  const socket: TestClient['socket'] = io(url, { transports: ['websocket'], forceNew: true })
  const client: TestClient = {
    socket,
    async ask(name, request) {
      // The overloads of emitWithAck cannot see that name and request belong together.
      const answer = (await (socket as Socket).emitWithAck(name, request)) as Answer<ValueOf<typeof name>>
      if (answer.ok) return answer.value
      throw Object.assign(new Error(answer.error.message), { code: answer.error.code, answer })
    },
    async follow(runId, fromSeq = 1) {
      const events: RunEvent[] = []
      const over = new Promise<void>((resolve) => {
        socket.on('run.events', (batch) => {
          if (batch.runId !== runId) return
          events.push(...batch.events)
          if (batch.events.some(isLast)) resolve()
        })
      })
      await client.ask('run.subscribe', { runId, fromSeq })
      await over
      return events
    },
  }
  return client
}

/** Whether a run tells nothing after this. */
export function isLast({ type }: RunEvent): boolean {
  return type === 'run.finished' || type === 'run.failed' || type === 'run.cancelled'
}

type Inputs = Readonly<Record<string, unknown>>

/** A document of nodes by id: `[type, inputs]`. */
export function documentOf(
  nodes: Readonly<Record<string, readonly [type: string, inputs?: Inputs]>>,
): string {
  return JSON.stringify(
    Object.fromEntries(
      Object.entries(nodes).map(([id, [type, inputs = {}]]) => [id, { class_type: type, inputs }]),
    ),
  )
}

/** `TestValue → TestOutput`. */
export function twoNodes(value: number): string {
  return documentOf({ 1: ['TestValue', { value, seed: 7 }], 2: ['TestOutput', { value: ['1', 0] }] })
}

/** One `TestSteps`. */
export function stepsOf(inputs: Inputs): string {
  return documentOf({ 1: ['TestSteps', { steps: 3, stepMs: 0, previewBytes: 0, mark: 0, ...inputs }] })
}

/** One `TestHarm`. */
export function harmBy(how: string): string {
  return documentOf({ 1: ['TestHarm', { how }] })
}
