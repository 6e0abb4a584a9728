/**
 * A server for the editor's tests: the real host and engine behind the wire's requests, one run at a time, state that
 * outlives a stop. It keeps to `@dicache/protocol`'s types, so that the editor cannot tell it from another server.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import path from 'node:path'
import { createHost, type Host, hasErrors, openWorkflow } from '@dicache/host'
import type {
  ClientToServerEvents,
  QueueSnapshot,
  RunEvent,
  RunSummary,
  SavedFile,
  ServerToClientEvents,
} from '@dicache/protocol'
import { toHostError } from '@dicache/protocol'

type Run = {
  summary: RunSummary
  events: RunEvent[]
  document: string
  readonly abort: AbortController
  readonly followers: Set<Client>
}
type Client = {
  readonly on: <Name extends keyof ClientToServerEvents>(
    name: Name,
    listener: ClientToServerEvents[Name],
  ) => void
  readonly emit: <Name extends keyof ServerToClientEvents>(
    name: Name,
    ...args: Parameters<ServerToClientEvents[Name]>
  ) => void
}
type SocketServer = {
  readonly on: (name: 'connection', listener: (client: Client) => void) => void
  readonly emit: Client['emit']
  readonly close: () => Promise<void>
}

export type EditorServer = {
  readonly url: string
  /** Stops listening and cuts every connection, as a killed server does; runs go on and are kept. */
  readonly stop: () => Promise<void>
  /** Listens again at the same address. */
  readonly start: () => Promise<void>
  readonly dispose: () => Promise<void>
}

const POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
}

/** Starts it. @param options.editor the folder of the built editor */
export async function startServer(options: {
  readonly home: string
  readonly editor: string
}): Promise<EditorServer> {
  const host = await createHost({ home: options.home, threads: 1 })
  const runs = new Map<string, Run>()
  const queue = { revision: 1, number: 1, last: Promise.resolve() }
  let sockets: SocketServer | undefined
  let http = createServer()
  let port = 0

  const snapshot = (): QueueSnapshot => {
    const all = [...runs.values()].map(({ summary }) => summary)
    const running = all.filter(({ status }) => status === 'running')
    const pending = all.filter(({ status }) => status === 'pending')
    return {
      revision: queue.revision,
      paused: false,
      remaining: running.length + pending.length,
      running,
      pending,
    }
  }
  const change = (run: Run, fields: Partial<RunSummary>): void => {
    run.summary = { ...run.summary, ...fields, lastSeq: run.events.length }
    queue.revision++
    const { revision, remaining } = snapshot()
    sockets?.emit('queue.changed', {
      revision,
      paused: false,
      remaining,
      changed: [run.summary],
      removed: [],
    })
  }

  async function execute(run: Run, opened: Awaited<ReturnType<typeof openWorkflow>>): Promise<void> {
    if (opened.graph === undefined || opened.validation === undefined) return
    change(run, { status: 'running', startedAtMs: Date.now() })
    const result = await host.engine.run(opened.graph, {
      validation: opened.validation,
      signal: run.abort.signal,
      onEvent(event) {
        const numbered = plain({ ...event, runId: run.summary.runId, seq: run.events.length + 1 })
        run.events.push(numbered)
        if ('ui' in event)
          run.summary = {
            ...run.summary,
            files: [...run.summary.files, ...((event.ui?.['images'] ?? []) as unknown as SavedFile[])],
          }
        for (const client of run.followers)
          client.emit('run.events', { runId: run.summary.runId, events: [numbered] })
      },
    })
    const status = result.status === 'refused' ? 'failed' : result.status
    change(run, {
      status,
      endedAtMs: Date.now(),
      ...(result.status === 'failed' && { error: result.error.toJSON() }),
    })
  }

  function serve(client: Client): void {
    client.on('nodes.list', (_request, done) =>
      done({ ok: true, value: { nodes: host.registry.manifests, choices: choices(host) } }),
    )
    client.on('queue.watch', (_request, done) => done({ ok: true, value: snapshot() }))
    client.on('history.list', (_request, done) => {
      const ended = [...runs.values()]
        .map(({ summary }) => summary)
        .filter(({ endedAtMs }) => endedAtMs !== undefined)
      done({ ok: true, value: { runs: ended.toReversed(), total: ended.length } })
    })
    client.on('run.cancel', ({ runId }, done) => {
      runs.get(runId)?.abort.abort()
      done({ ok: true, value: 'cancelling' })
    })
    client.on('run.subscribe', ({ runId, fromSeq = 1 }, done) => {
      const run = runs.get(runId)
      if (run === undefined)
        return done({ ok: false, error: { code: 'UNKNOWN_RUN', message: `There is no run ${runId}.` } })
      done({ ok: true, value: { status: run.summary.status, lastSeq: run.events.length } })
      client.emit('run.events', { runId, events: run.events.slice(fromSeq - 1) })
      run.followers.add(client)
    })
    client.on('run.submit', (request, done) => {
      openWorkflow(host, request.document, {
        ...(request.targets !== undefined && { targets: request.targets }),
      }).then(
        (opened) => {
          if (hasErrors(opened.problems) || opened.validation === undefined) {
            return done({
              ok: false,
              error: { code: 'BAD_REQUEST', message: 'The workflow cannot run.' },
              problems: opened.problems,
            })
          }
          const runId = crypto.randomUUID()
          const summary: RunSummary = {
            runId,
            status: 'pending',
            number: queue.number++,
            createdAtMs: Date.now(),
            attempts: 1,
            lastSeq: 0,
            files: [],
            ...(request.title !== undefined && { title: request.title }),
          }
          const run: Run = {
            summary,
            events: [],
            document: request.document,
            abort: new AbortController(),
            followers: new Set(),
          }
          runs.set(runId, run)
          done({ ok: true, value: { runId, number: summary.number, targets: [], problems: opened.problems } })
          change(run, {})
          queue.last = queue.last.then(() => execute(run, opened))
        },
        (error: unknown) => done({ ok: false, error: toHostError(error).toJSON() }),
      )
    })
  }

  async function start(): Promise<void> {
    http = createServer((request, response) => answer(host, options, request, response))
    sockets = openSockets(http)
    sockets.on('connection', serve)
    await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve))
    const address = http.address()
    port = typeof address === 'object' && address !== null ? address.port : port
  }

  async function stop(): Promise<void> {
    for (const run of runs.values()) run.followers.clear()
    http.closeAllConnections()
    await sockets?.close()
    sockets = undefined
  }

  await start()
  return {
    url: `http://127.0.0.1:${port}/`,
    start,
    stop,
    async dispose() {
      for (const run of runs.values()) run.abort.abort()
      await queue.last
      await stop()
      await host.dispose()
    },
  }
}

/** 64-bit numbers as text: JSON of a socket does not hold them. */
function plain(event: RunEvent): RunEvent {
  return JSON.parse(
    JSON.stringify(event, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
  ) as RunEvent
}

/** Socket.IO is the server package's own dependency, so it is found from there. */
function openSockets(http: ReturnType<typeof createServer>): SocketServer {
  const from = path.resolve(import.meta.dirname, '../../packages/server/package.json')
  const { Server } = createRequire(from)('socket.io') as { Server: new (http: unknown) => SocketServer }
  return new Server(http)
}

function choices({ folders }: Host): Readonly<Record<string, readonly string[]>> {
  mkdirSync(folders.input, { recursive: true })
  return {
    'models/diffusion_models': ['emoji'],
    'models/text_encoders': [],
    'models/vae': [],
    'models/loras': [],
    input: readdirSync(folders.input),
  }
}

type Place = { readonly home: string; readonly editor: string }

function answer(
  host: Host,
  { home, editor }: Place,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const query = url.searchParams
  response.setHeader('Content-Security-Policy', POLICY)
  const send = (file: string): void => {
    if (!existsSync(file) || !statSync(file).isFile()) return void response.writeHead(404).end('{}')
    response.setHeader('Content-Type', TYPES[path.extname(file)] ?? 'application/octet-stream')
    response.end(readFileSync(file))
  }
  const userdata = path.join(home, 'userdata')
  mkdirSync(path.join(userdata, 'workflows'), { recursive: true })
  if (url.pathname === '/view') {
    const folder =
      query.get('type') === 'input'
        ? host.folders.input
        : query.get('type') === 'temp'
          ? host.folders.temp
          : host.folders.output
    return send(path.join(folder, query.get('subfolder') ?? '', query.get('filename') ?? ''))
  }
  if (url.pathname === '/userdata') {
    const names = readdirSync(path.join(userdata, 'workflows'))
    return void response.end(
      JSON.stringify(
        names.map((name) => ({
          path: name,
          size: 1,
          modified: statSync(path.join(userdata, 'workflows', name)).mtimeMs,
        })),
      ),
    )
  }
  if (url.pathname.startsWith('/userdata/')) {
    const file = path.join(userdata, decodeURIComponent(url.pathname.slice('/userdata/'.length)))
    if (request.method === 'GET') return send(file)
    if (query.get('overwrite') === 'false' && existsSync(file)) return void response.writeHead(409).end('{}')
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      mkdirSync(path.dirname(file), { recursive: true })
      writeFileSync(file, Buffer.concat(chunks))
      response.end('{}')
    })
    return
  }
  send(path.join(editor, url.pathname === '/' ? 'index.html' : path.normalize(url.pathname)))
}
