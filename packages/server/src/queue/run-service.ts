/** The queue: one run after the other, everything in the database before anybody hears of it. */
import { describeRun, hasErrors, type Host, refusal, type RunWorker } from '@dicache/host'
import {
  HostError,
  type JsonValue,
  type PreviewInfo,
  type RunEvent,
  type RunSummary,
  stringifyJson,
} from '@dicache/protocol'
import type { Logger } from 'pino'
import type { QueueLimits } from '../server-options.ts'
import type { RunService, Submission, SubmitResult } from '../services.ts'
import type { Store } from '../store/open-store.ts'
import type { KeyedRun } from '../store/run-store.ts'
import { beginRun, type CurrentRun } from './current-run.ts'
import type { ModelRecorder } from './model-recorder.ts'
import { newNumber } from './new-number.ts'
import { createQueueChanges } from './queue-changes.ts'
import { recoverRuns } from './recover-runs.ts'
import { programVersions } from './versions.ts'

export type RunServiceOptions = {
  readonly store: Store
  readonly worker: RunWorker
  readonly host: Pick<Host, 'registry'>
  readonly models: ModelRecorder
  readonly log: Logger
  readonly limits: QueueLimits
  readonly nodeTimeoutMs: number | undefined
}

export type OpenedRunService = {
  readonly runs: RunService
  /** Begins to run what waits; call it when whoever wants to listen does. */
  readonly start: () => void
  /** Begins nothing new. The run that is going is left to the worker's end. */
  readonly stop: () => void
}

const MAX_PENDING = 10_000
const KEEP_RUNS = 10_000
const KEEP_EVENT_BYTES = 512 * 2 ** 20
const LISTED = 1000
const EVENTS_AT_ONCE = 500
/** The history is trimmed once in so many ends. */
const TRIM_EVERY = 64
const MAX_ID = 200

export function openRunService(options: RunServiceOptions): OpenedRunService {
  const { store, worker, host, log, limits } = options
  const keep = { runs: limits.keepRuns ?? KEEP_RUNS, eventBytes: limits.keepEventBytes ?? KEEP_EVENT_BYTES }
  const eventListeners = new Set<(event: RunEvent, run: RunSummary) => void>()
  const previewListeners = new Set<(info: PreviewInfo, bytes: Uint8Array, run: RunSummary) => void>()
  let current: CurrentRun | undefined
  let stopped = true
  let paused = store.setting('paused') === 'yes'
  let ends = 0
  const versions = programVersions()

  recoverRuns(store, limits, log)
  let pendingCount = store.runs.countPending()
  let lastKey = store.lastKey()
  const changes = createQueueChanges(() => ({ paused, remaining: pendingCount + (current ? 1 : 0) }))

  function tell(event: RunEvent, run: RunSummary): void {
    for (const listener of eventListeners) guarded(() => listener(event, run))
  }
  /** A listener that throws harms nobody but itself. */
  function guarded(call: () => void): void {
    try {
      call()
    } catch (error) {
      log.error({ err: error }, 'a listener failed')
    }
  }

  function dispatch(): void {
    if (stopped || paused || current !== undefined) return
    const next = store.runs.next()
    if (next === undefined) return
    const begun = beginRun(next, {
      store,
      nodeTimeoutMs: options.nodeTimeoutMs,
      onEvent: tell,
      onPreview: (info, bytes, run) => {
        for (const listener of previewListeners) guarded(() => listener(info, bytes, run))
      },
      onModel: options.models.note,
      kill: worker.kill,
    })
    current = begun
    pendingCount -= 1
    changes.changed(begun.run())
    void worker
      .run(begun.request(), begun.listeners)
      .then((end) => {
        begun.close()
        // A run that the end of the server cut off is there again at its next start.
        if (stopped && end.kind === 'died') return
        current = undefined
        const run = begun.finish(end)
        // By now the worker knows the hashes of most.
        options.models.settle()
        log.info(
          {
            runId: run.runId,
            status: run.status,
            ms: Math.round((run.endedAtMs ?? 0) - (run.startedAtMs ?? 0)),
            error: run.error,
          },
          'run ended',
        )
        changes.changed(run)
        trim()
        dispatch()
      })
      .catch((error: unknown) => log.fatal({ err: error }, 'the queue cannot go on'))
  }

  function trim(): void {
    ends += 1
    if (ends % TRIM_EVERY !== 1) return
    const dropped = store.history.trim(keep)
    if (dropped.length > 0) changes.removed(dropped)
  }

  async function submit(submission: Submission): Promise<SubmitResult> {
    const { opened, partial = false, runId = crypto.randomUUID() } = submission
    const refuse = (error: HostError, problems = opened.problems): SubmitResult => ({
      ok: false,
      error: error.toJSON(),
      problems,
    })
    const described = describeRun(host, opened)
    if (described === undefined || described.targets.length === 0 || (hasErrors(opened.problems) && !partial))
      return refuse(refusal(opened.problems))
    if (runId === '' || runId.length > MAX_ID)
      return refuse(new HostError('BAD_REQUEST', `a run's id has 1 to ${MAX_ID} characters`), [])
    if (store.runs.find(runId) !== undefined)
      return refuse(
        new HostError('RUN_EXISTS', `there is a run "${runId}" already; leave the id out for a new one`),
        [],
      )
    const most = limits.maxPending ?? MAX_PENDING
    if (pendingCount >= most)
      return refuse(new HostError('QUEUE_FULL', `${most} runs wait already; try again later`), [])

    const { document, prompt, targets, seeds, nodeTypes } = described
    const number = submission.number ?? (submission.front === true ? -(lastKey + 1) : lastKey + 1)
    const run = store.write(() =>
      store.runs.insert({
        runId,
        number,
        createdAtMs: Date.now(),
        clientId: submission.clientId,
        title: submission.title,
        texts: {
          document,
          prompt,
          editorDocument: textOf(submission.editorDocument),
          extra: textOf(submission.extra),
          targets: JSON.stringify(targets),
          problems: stringifyJson(opened.problems as unknown as JsonValue),
          seeds: JSON.stringify(seeds),
          versions: JSON.stringify({ ...versions, nodeTypes }),
        },
      }),
    )
    lastKey = run.key
    pendingCount += 1
    changes.changed(summaryOnly(run))
    // It may begin while its record is on the way to the disk; its submitter hears of it afterwards.
    dispatch()
    await store.flushed()
    return { ok: true, runId, number, targets, problems: opened.problems }
  }

  /** Ends pending runs as cancelled: all at once, and told when it is written. */
  function cancelPending(waiting: readonly KeyedRun[]): void {
    const atMs = Date.now()
    const ended = waiting.map(({ key, ...run }) => {
      const seq = run.lastSeq + 1
      const event: RunEvent = { type: 'run.cancelled', seq, runId: run.runId, atMs, durationMs: 0 }
      return { key, event, run: { ...run, status: 'cancelled' as const, endedAtMs: atMs, lastSeq: seq } }
    })
    store.write(() => {
      for (const { key, event } of ended) {
        store.events.append(key, event.seq, [JSON.stringify(event)])
        store.runs.end(key, { status: 'cancelled', endedAtMs: atMs })
      }
    })
    pendingCount -= ended.length
    for (const { event, run } of ended) tell(event, run)
    changes.changed(...ended.map(({ run }) => run))
  }

  function setPaused(value: boolean): void {
    store.write(() => store.setSetting('paused', value ? 'yes' : 'no'))
    paused = value
    changes.touched()
    dispatch()
  }

  const runs: RunService = {
    submit,
    cancel(runId) {
      const run = store.find(runId)
      if (run.status === 'pending') {
        cancelPending([run])
        return 'cancelled'
      }
      if (current?.run().runId !== runId) return 'ended'
      if (current.cancelling()) {
        worker.kill(new HostError('CANCELLED', 'The run was cancelled, and its worker killed.'))
        return 'killed'
      }
      current.cancel()
      worker.abort(runId)
      return 'cancelling'
    },
    move(runId, before) {
      const run = store.find(runId)
      for (const { runId: id, status } of before === undefined ? [run] : [run, store.find(before)])
        if (status !== 'pending')
          throw new HostError('RUN_NOT_PENDING', `the run "${id}" does not wait any more: it is ${status}`)
      const waiting = store.runs.pending(Number.MAX_SAFE_INTEGER)
      const moved = newNumber(waiting, { runId, before, upcoming: lastKey + 1 })
      store.write(() => moved.forEach(({ key, number }) => store.runs.setNumber(key, number)))
      changes.changed(...moved.map(summaryOnly))
    },
    flushed: store.flushed,
    pause: () => setPaused(true),
    resume: () => setPaused(false),
    clear() {
      const waiting = store.runs.pending(Number.MAX_SAFE_INTEGER)
      cancelPending(waiting)
      return waiting.length
    },
    queue() {
      changes.flush()
      const running = current === undefined ? [] : [current.run()]
      return {
        revision: changes.revision(),
        paused,
        remaining: pendingCount + running.length,
        running,
        pending: store.runs.pending(LISTED).map(summaryOnly),
      }
    },
    remaining: () => pendingCount + (current === undefined ? 0 : 1),
    isPaused: () => paused,
    current: () => current && { run: current.run(), nodeId: current.nodeId() },
    get: store.record,
    summary: (runId) => summaryOnly(store.find(runId)),
    has: (runId) => store.runs.find(runId) !== undefined,
    list: (filter = {}) => store.history.list(filter),
    delete(runId) {
      const run = store.find(runId)
      if (run.status === 'pending' || run.status === 'running')
        throw new HostError('RUN_NOT_ENDED', `the run "${runId}" is ${run.status}: cancel it first`)
      store.write(() => store.runs.delete(run.key))
      changes.removed([runId])
    },
    deleteEnded() {
      const ids = store.history.deleteEnded()
      changes.removed(ids)
      return ids.length
    },
    events: (runId, fromSeq = 1, limit = EVENTS_AT_ONCE) =>
      store.events.read(store.find(runId).key, fromSeq, limit),
    onEvent: (listener) => subscribe(eventListeners, listener),
    onPreview: (listener) => subscribe(previewListeners, listener),
    onQueueChange: changes.listen,
  }
  return {
    runs,
    start() {
      stopped = false
      dispatch()
    },
    stop() {
      stopped = true
    },
  }
}

function subscribe<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

function textOf(value: JsonValue | undefined): string | undefined {
  return value === undefined ? undefined : stringifyJson(value)
}

function summaryOnly({ key: _key, ...run }: KeyedRun): RunSummary {
  return run
}
