/** One worker process: its start, its messages, its watch, and what its death was. */
import { type ChildProcess, fork } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { HostError } from '@dicache/protocol'
import type { FromWorker, ToWorker, WorkerHostOptions } from './messages.ts'

export type WorkerProcessOptions = {
  readonly host: WorkerHostOptions
  /** The whole environment of the worker: packs see nothing else. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly maxRssBytes?: number
  readonly maxHeapMb?: number
  /** @defaultValue 1,800,000 */
  readonly stuckAfterMs?: number
  /** Lines that the worker writes to stdout and stderr. */
  readonly onLine: (line: string) => void
}

export type WorkerProcess = {
  readonly pid: number
  readonly rssBytes: () => number
  readonly send: (message: ToWorker) => void
  /** Ends it at once; `reason` is what its run fails with. */
  readonly kill: (reason: HostError) => void
}

type Listeners = {
  readonly onMessage: (message: FromWorker) => void
  /** Called once, when the process is gone. */
  readonly onDeath: (error: HostError) => void
}

const WATCH_MS = 1000
const STUCK_AFTER_MS = 30 * 60_000
const TAIL_CHARS = 4000
const PAGE_BYTES = 4096

/** Starts a worker process. */
export function startWorkerProcess(options: WorkerProcessOptions, listeners: Listeners): WorkerProcess {
  const child = fork(fileURLToPath(new URL('./main.ts', import.meta.url)), [], {
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: options.env,
    execArgv: [
      '--disable-warning=ExperimentalWarning',
      // Room for short-lived objects is never given back: a process that mostly waits needs little of it.
      '--max-semi-space-size=4',
      ...(options.maxHeapMb === undefined ? [] : [`--max-old-space-size=${options.maxHeapMb}`]),
    ],
  })
  const stderr = createTail()
  readLines(child, options.onLine, stderr.add)
  let reason: HostError | undefined
  let rssBytes = 0
  let aliveAtMs = performance.now()
  let over = false

  const kill = (why: HostError): void => {
    reason ??= why
    child.kill('SIGKILL')
  }
  const die = (error: HostError): void => {
    if (over) return
    over = true
    clearInterval(watch)
    listeners.onDeath(error)
  }
  const watch = setInterval(() => {
    void residentBytes(child.pid).then((bytes) => {
      rssBytes = bytes ?? rssBytes
      const { maxRssBytes = Number.POSITIVE_INFINITY, stuckAfterMs = STUCK_AFTER_MS } = options
      if (rssBytes > maxRssBytes) kill(tooMuchMemory(rssBytes, maxRssBytes))
      else if (performance.now() - aliveAtMs > stuckAfterMs) kill(stuck(stuckAfterMs))
    })
  }, WATCH_MS)
  watch.unref()

  child.on('message', (message: FromWorker) => {
    aliveAtMs = performance.now()
    if (message.type === 'alive') rssBytes = message.rssBytes
    listeners.onMessage(message)
  })
  child.on('error', (error) =>
    die(new HostError('WORKER_DIED', `the run worker cannot be started: ${error.message}`)),
  )
  // `close` comes after `exit`, when the last words were read.
  child.on('close', (code, signal) => die(reason ?? deathOf(code, signal, stderr.text())))
  child.send({ type: 'start', options: options.host } satisfies ToWorker)

  return {
    pid: child.pid ?? -1,
    rssBytes: () => rssBytes,
    send(message) {
      // A worker that is dying is told of by `close`.
      if (child.connected) child.send(message, () => undefined)
    },
    kill,
  }
}

function createTail(): { readonly add: (text: string) => void; readonly text: () => string } {
  let tail = ''
  return {
    add: (text) => {
      tail = (tail + text).slice(-TAIL_CHARS)
    },
    text: () => tail,
  }
}

function readLines(
  child: ChildProcess,
  onLine: (line: string) => void,
  onStderr: (text: string) => void,
): void {
  child.stderr?.setEncoding('utf8').on('data', onStderr)
  for (const stream of [child.stdout, child.stderr]) {
    let rest = ''
    stream?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = (lines.pop() ?? '').slice(-TAIL_CHARS)
      for (const line of lines) if (line.trim() !== '') onLine(line.slice(0, TAIL_CHARS))
    })
  }
}

/** The resident memory of a process, which also one that is busy cannot hide; undefined where the system does not tell. */
async function residentBytes(pid: number | undefined): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => undefined)
  const pages = Number(text?.split(' ')[1])
  return Number.isFinite(pages) ? pages * PAGE_BYTES : undefined
}

function deathOf(code: number | null, signal: string | null, said: string): HostError {
  if (/heap out of memory|std::bad_alloc|Cannot allocate memory/.test(said))
    return new HostError('OUT_OF_MEMORY', 'the run worker ran out of memory; use a smaller size or batch')
  if (signal === 'SIGKILL')
    return new HostError(
      'WORKER_DIED',
      'the run worker was killed from outside, which is what the system does when memory runs out; try a smaller size or batch',
    )
  const how = signal === null ? `ended with code ${code}` : `crashed (${signal})`
  return new HostError(
    'WORKER_DIED',
    `the run worker ${how}: native code of the device or of a node failed. The log has its last words; try again, or another --device`,
  )
}

function tooMuchMemory(bytes: number, limit: number): HostError {
  return new HostError(
    'OUT_OF_MEMORY',
    `the run worker used ${mb(bytes)} MB, over its limit of ${mb(limit)} MB, and was stopped; use a smaller size or batch`,
  )
}

function stuck(afterMs: number): HostError {
  return new HostError(
    'TIMED_OUT',
    `the run worker did not answer for ${Math.round(afterMs / 1000)} s and was stopped; if a single step may take that long, raise --stuck-after`,
  )
}

function mb(bytes: number): number {
  return Math.round(bytes / 2 ** 20)
}
