/** The run that the worker is at: its events go into the database first, then to whoever listens. */
import type { RunEnd, RunListeners, UsedModel, WorkerRun } from '@dicache/host'
import {
  type ErrorReport,
  HostError,
  type PreviewInfo,
  type RunEvent,
  type RunOutput,
  type RunSummary,
} from '@dicache/protocol'
import type { Store } from '../store/open-store.ts'
import type { KeyedRun } from '../store/run-store.ts'
import { watchNodes } from './node-timeouts.ts'
import { parsed } from '../store/rows.ts'
import { createRunTally } from './run-tally.ts'

export type CurrentRun = {
  readonly run: () => RunSummary
  readonly nodeId: () => string | undefined
  /** What the worker is given. */
  readonly request: () => WorkerRun
  readonly listeners: RunListeners
  /** Writes the end, and tells it. Gives the run as it is in the history. */
  readonly finish: (end: RunEnd) => RunSummary
  readonly cancelling: () => boolean
  readonly cancel: () => void
  readonly close: () => void
}

export type CurrentRunOptions = {
  readonly store: Store
  readonly nodeTimeoutMs: number | undefined
  readonly onEvent: (event: RunEvent, run: RunSummary) => void
  readonly onPreview: (info: PreviewInfo, bytes: Uint8Array, run: RunSummary) => void
  readonly onModel: (key: number, model: UsedModel) => void
  readonly kill: (reason: HostError) => void
}

/** How many files a summary shows. */
const SHOWN_FILES = 4

/** Begins a run in the database. */
export function beginRun(pending: KeyedRun, options: CurrentRunOptions): CurrentRun {
  const { store, onEvent } = options
  const { key, runId } = pending
  const startedAtMs = Date.now()
  store.write(() => {
    store.runs.begin(key, startedAtMs)
    store.outputs.dropOutputs(key)
  })
  /** Files that are written with the next events: those of the node that saved them come right after. */
  const unsaved: RunOutput[] = []
  let outputs = 0
  const tally = createRunTally()
  const { error: _error, endedAtMs: _endedAtMs, ...rest } = pending
  let run: RunSummary = { ...rest, status: 'running', startedAtMs, attempts: pending.attempts + 1 }
  let cancelling = false
  const timeouts = watchNodes(options.nodeTimeoutMs, (nodeId, nodeType) =>
    options.kill(
      new HostError(
        'TIMED_OUT',
        `node ${nodeId} (${nodeType}) took longer than it may, and was stopped; raise --node-timeout if it needs more`,
        { nodeId },
      ),
    ),
  )

  /** Stores events, with the run's end when they bring it, and gives them with their numbers. */
  function take(bodies: readonly string[], complete?: () => void): void {
    const events = bodies.map((body, index) => ({ ...parsed<RunEvent>(body), seq: run.lastSeq + 1 + index }))
    for (const event of events) {
      tally.take(event)
      timeouts.take(event)
    }
    store.write(() => {
      if (bodies.length > 0) store.events.append(key, run.lastSeq + 1, bodies)
      if (unsaved.length > 0) saveOutputs()
      complete?.()
    })
    run = { ...run, lastSeq: run.lastSeq + bodies.length }
    for (const event of events) onEvent(event, run)
  }

  function saveOutputs(): void {
    for (const file of unsaved) store.outputs.addOutput(key, (outputs += 1), file)
    store.runs.setFiles(key, run.files)
    unsaved.length = 0
  }

  function finish(end: RunEnd): RunSummary {
    timeouts.clear()
    const bodies = end.kind === 'ended' ? [...end.events] : []
    const told = bodies.some((body) => /^\{"type":"run\.(?:finished|failed|cancelled)"/.test(body))
    const error = end.kind === 'died' ? end.error.toJSON() : end.error
    if (!told) bodies.push(JSON.stringify(lastEvent(error)))
    const device = end.kind === 'ended' ? end.device : undefined
    take(bodies, () => {
      const ending = tally.ending() ?? { status: 'failed' }
      const endedAtMs = Date.now()
      store.runs.end(key, { ...ending, endedAtMs })
      store.finishTexts(key, tally.timings(), device)
      run = { ...run, ...ending, endedAtMs }
    })
    return run
  }

  /** The end of a run that the worker could not tell any more. */
  function lastEvent(error: ErrorReport | undefined): object {
    const at = { runId, atMs: Date.now(), durationMs: Date.now() - startedAtMs }
    if (error === undefined || (cancelling && error.code === 'CANCELLED'))
      return { type: 'run.cancelled', ...at }
    const nodeId = error.nodeId ?? tally.running().at(-1)
    return {
      type: 'run.failed',
      ...at,
      error: nodeId === undefined ? error : { ...error, nodeId },
      failed: nodeId === undefined ? [] : [nodeId],
    }
  }

  return {
    run: () => run,
    nodeId: () => tally.running().at(-1),
    request: () => store.workerRun(key, runId),
    listeners: {
      onEvents: take,
      onPreview: (info, bytes) => options.onPreview(info, bytes, run),
      onSaved(file) {
        const { filename, subfolder, type } = file
        const files =
          run.files.length < SHOWN_FILES ? [...run.files, { filename, subfolder, type }] : run.files
        run = { ...run, files }
        unsaved.push(file)
      },
      onModel: (model) => options.onModel(key, model),
    },
    finish,
    cancelling: () => cancelling,
    cancel() {
      cancelling = true
    },
    close: timeouts.clear,
  }
}
