/** The run worker: a process of its own with engine, nodes and ONNX Runtime in it. It does what its parent says, one run at a time. */
import process from 'node:process'
import { inspect } from 'node:util'
import { HostError, parseJson, toHostError } from '@dicache/protocol'
import { createHost, type Host } from '../create-host.ts'
import { hasErrors, openWorkflow, refusal } from '../open-workflow.ts'
import { savedPath } from '../output-files.ts'
import { createEventSender } from './event-sender.ts'
import type { FromWorker, ToWorker, WorkerRun } from './messages.ts'
import { createSavedFiles } from './saved-files.ts'

const HEARTBEAT_MS = 1000

let savedIn: Host['folders'] | undefined
// Results name files only after the host has given them.
const saved = createSavedFiles((file) => (savedIn === undefined ? '' : savedPath(savedIn, file)))
let opening: Promise<Host> | undefined
/** Runs that have arrived and not ended; one that is aborted may not have begun. */
const cancels = new Map<string, AbortController>()
/** Frees and the end wait for the run that is going. */
let last: Promise<unknown> = Promise.resolve()

process.on('message', (message) => receive(message as ToWorker))
// A parent that is gone cannot be told anything, and its successor has a worker of its own.
process.on('disconnect', () => process.exit(1))
// Ctrl-C reaches the whole group of a terminal: the parent decides.
process.on('SIGINT', () => undefined)
setInterval(() => send({ type: 'alive', rssBytes: process.memoryUsage.rss() }), HEARTBEAT_MS).unref()

function send(message: FromWorker): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined)
}

function receive(message: ToWorker): void {
  switch (message.type) {
    case 'start':
      opening = createHost({ ...message.options, onSaved: saved.note })
      opening.then(
        ({ folders }) => {
          savedIn = folders
          send({ type: 'ready' })
        },
        (error: unknown) => send({ type: 'unable', error: reportOf(error) }),
      )
      return
    case 'run': {
      const cancel = new AbortController()
      cancels.set(message.run.runId, cancel)
      enqueue(() => execute(message.run, cancel.signal))
      return
    }
    case 'abort':
      cancels.get(message.runId)?.abort(new HostError('CANCELLED', 'The run was cancelled.'))
      return
    case 'free':
      enqueue(() => free(message))
      return
    case 'quit':
      enqueue(async () => {
        await (await started()).dispose()
        process.disconnect()
      })
  }
}

function enqueue(work: () => Promise<void>): void {
  last = last.then(work).catch((error: unknown) => {
    complain(error)
    process.exitCode = 1
  })
}

async function started(): Promise<Host> {
  if (opening === undefined) throw new HostError('INTERNAL', 'the worker was not started')
  return opening
}

async function execute(run: WorkerRun, signal: AbortSignal): Promise<void> {
  const { runId } = run
  const events = createEventSender(runId, send, saved)
  let host: Host | undefined
  try {
    host = await started()
    const opened = await openWorkflow(host, run.document, { targets: run.targets, signal })
    const { graph, validation } = opened
    if (graph === undefined || validation === undefined || validation.runnable.length < run.targets.length) {
      const problems = opened.problems.filter(({ severity }) => severity === 'error')
      throw hasErrors(problems) ? refusal(problems) : refusal([])
    }
    await host.checkDevice()
    await host.engine.run(graph, {
      runId,
      validation,
      signal,
      onEvent: events.take,
      onModel: (model) => send({ type: 'model', runId, model }),
      ...(run.editorDocument !== undefined && {
        document: parseJson(run.editorDocument, { keepFloats: true }),
      }),
    })
    events.end(host.device())
  } catch (error) {
    events.end(host?.device(), reportOf(error))
  } finally {
    cancels.delete(runId)
  }
}

async function free(request: Extract<ToWorker, { type: 'free' }>): Promise<void> {
  try {
    await (await started()).free(request)
    send({ type: 'freed', id: request.id })
  } catch (error) {
    send({ type: 'freed', id: request.id, error: reportOf(error) })
  }
}

/** What was not foreseen is told in full on stderr, where the parent logs it. */
function reportOf(thrown: unknown): ReturnType<HostError['toJSON']> {
  const error = toHostError(thrown)
  if (error.code === 'INTERNAL') complain(error.cause ?? error)
  return error.toJSON()
}

/** The parent reads stderr into its log. */
function complain(error: unknown): void {
  process.stderr.write(`${inspect(error)}\n`)
}
