/** A worker that is always there: when its process dies, the run that it was at fails, and the next process starts. */
import type { UsedModel } from '@dicache/engine'
import { HostError, toHostError } from '@dicache/protocol'
import type { ErrorReport, PreviewInfo, RunOutput } from '@dicache/protocol'
import type { FreeRequest, FromWorker, WorkerEnd, WorkerFacts, WorkerRun } from './messages.ts'
import { startWorkerProcess, type WorkerProcess, type WorkerProcessOptions } from './worker-process.ts'

/** What a run tells while it goes. */
export type RunListeners = {
  readonly onEvents: (events: readonly string[]) => void
  readonly onPreview: (info: PreviewInfo, bytes: Uint8Array) => void
  readonly onSaved: (file: RunOutput) => void
  readonly onModel: (model: UsedModel) => void
}

/** How a run ended: in the worker, or with it. */
export type RunEnd =
  | ({ readonly kind: 'ended' } & WorkerEnd)
  | { readonly kind: 'died'; readonly error: HostError }

export type RunWorker = {
  /** Runs; one at a time. Never rejects. */
  readonly run: (run: WorkerRun, listeners: RunListeners) => Promise<RunEnd>
  /** Asks the run that is going to stop after its step. */
  readonly abort: (runId: string) => void
  /** Ends the process; its run ends with `reason`. */
  readonly kill: (reason: HostError) => void
  readonly free: (what: FreeRequest) => Promise<void>
  readonly facts: () => WorkerFacts | undefined
  /** Lets what runs end, for `graceMs` at most; then kills. A run that was cut off ends as died. */
  readonly dispose: (graceMs?: number) => Promise<void>
}

export type RunWorkerOptions = WorkerProcessOptions & {
  /** A process died and another one was started. */
  readonly onRestart?: (error: HostError) => void
}

/** A worker that dies sooner than this after its start is not started again at once. */
const EARLY_MS = 2000
const PAUSE_MS = 1000

type Going = { readonly runId: string; readonly listeners: RunListeners; readonly end: (end: RunEnd) => void }
type Wish = { readonly resolve: () => void; readonly reject: (error: HostError) => void }

export function createRunWorker(options: RunWorkerOptions): RunWorker {
  let process: WorkerProcess | undefined
  let going: Going | undefined
  let restarts = 0
  let device: string | undefined
  let unable: HostError | undefined
  let disposing = false
  let gone: () => void = () => undefined
  let wishes = 0
  const frees = new Map<number, Wish>()

  function start(): void {
    const startedAtMs = performance.now()
    device = undefined
    process = startWorkerProcess(options, {
      onMessage: receive,
      onDeath(error) {
        process = undefined
        const cause = unable ?? error
        for (const wish of frees.values()) wish.reject(cause)
        frees.clear()
        const was = going
        going = undefined
        if (disposing) gone()
        else {
          restarts += 1
          options.onRestart?.(cause)
          if (performance.now() - startedAtMs > EARLY_MS || was !== undefined) start()
          else setTimeout(() => disposing || process !== undefined || start(), PAUSE_MS).unref()
        }
        was?.end({ kind: 'died', error: cause })
      },
    })
  }

  function receive(message: FromWorker): void {
    switch (message.type) {
      case 'ready':
        unable = undefined
        return
      case 'unable':
        unable = errorOf(message.error)
        process?.kill(unable)
        return
      case 'alive':
        return
      case 'freed': {
        const wish = frees.get(message.id)
        frees.delete(message.id)
        if (message.error === undefined) wish?.resolve()
        else wish?.reject(errorOf(message.error))
        return
      }
      case 'preview':
        if (going?.runId === message.info.runId) going.listeners.onPreview(message.info, message.bytes)
        return
      case 'events':
      case 'saved':
      case 'model':
      case 'ended':
        if (going?.runId === message.runId) tell(going, message)
    }
  }

  function tell(
    run: Going,
    message: Extract<FromWorker, { type: 'events' | 'saved' | 'model' | 'ended' }>,
  ): void {
    switch (message.type) {
      case 'events':
        return run.listeners.onEvents(message.events)
      case 'saved':
        return run.listeners.onSaved(message.file)
      case 'model':
        return run.listeners.onModel(message.model)
      case 'ended': {
        going = undefined
        device = message.device ?? device
        const { type: _type, runId: _runId, ...end } = message
        return run.end({ kind: 'ended', ...end })
      }
    }
  }

  start()
  return {
    run(run, listeners) {
      if (going !== undefined) throw new HostError('INTERNAL', 'the worker is at another run')
      if (disposing) return Promise.resolve({ kind: 'died', error: shutDown() })
      if (process === undefined) start()
      return new Promise((resolve) => {
        going = { runId: run.runId, listeners, end: resolve }
        process?.send({ type: 'run', run })
      })
    },
    abort: (runId) => process?.send({ type: 'abort', runId }),
    kill: (reason) => process?.kill(reason),
    async free(what) {
      if (process === undefined) return
      const id = ++wishes
      await new Promise<void>((resolve, reject) => {
        frees.set(id, { resolve, reject })
        process?.send({ type: 'free', id, ...what })
      })
    },
    facts: () => process && { pid: process.pid, rssBytes: process.rssBytes(), device, restarts },
    async dispose(graceMs = 10_000) {
      disposing = true
      if (process === undefined) return
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => process?.kill(shutDown()), graceMs)
        gone = () => {
          clearTimeout(timer)
          resolve()
        }
        process?.send({ type: 'quit' })
      })
    },
  }
}

function errorOf(report: ErrorReport): HostError {
  return toHostError(new HostError(report.code, report.message), report)
}

function shutDown(): HostError {
  return new HostError('CANCELLED', 'the server was shut down')
}
