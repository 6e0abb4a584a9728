/** What the requests of the wire do. */
import { hasErrors } from '@dicache/host'
import {
  createSchema,
  HistoryRequest,
  HostError,
  MoveRequest,
  RunRequest,
  type Schema,
  SubmitRequest,
  SubscribeRequest,
} from '@dicache/protocol'
import type { ServerServices } from '../services.ts'
import type { Outlet } from './outlet.ts'
import { RefusedError, type Requests } from './requests.ts'

const Nothing: Schema<object> = createSchema<object>('request', { type: 'object' })
/** Each costs a look at every event. */
const MOST_SUBSCRIPTIONS = 1000

export function answerRunRequests(
  requests: Requests,
  { runs, catalogue }: ServerServices,
  { outlet, clientId }: { readonly outlet: Outlet; readonly clientId: string | undefined },
): void {
  requests.on('run.submit', SubmitRequest, async ({ document, settings, targets, ...rest }) => {
    const opened = await catalogue.open(document, {
      ...(settings !== undefined && { settings }),
      ...(targets !== undefined && { targets }),
    })
    const result = await runs.submit({ opened, ...rest, ...(clientId !== undefined && { clientId }) })
    if (!result.ok)
      throw new RefusedError([result.error.code, result.error.message, result.error], result.problems)
    const { ok: _ok, ...submitted } = result
    return submitted
  })
  requests.on('run.validate', SubmitRequest, async ({ document, settings, targets, partial = false }) => {
    const { validation, problems } = await catalogue.open(document, {
      ...(settings !== undefined && { settings }),
      ...(targets !== undefined && { targets }),
    })
    const runnable = validation === undefined || (hasErrors(problems) && !partial) ? [] : validation.runnable
    return { targets: runnable, problems }
  })
  requests.on('run.cancel', RunRequest, async ({ runId }) => {
    const outcome = runs.cancel(runId)
    await runs.flushed()
    return outcome
  })
  requests.on('run.move', MoveRequest, async ({ runId, before }) => {
    runs.move(runId, before ?? undefined)
    await runs.flushed()
    return null
  })
  requests.on('run.get', RunRequest, ({ runId }) => {
    const { extra: _extra, editorDocument: _editor, ...record } = runs.get(runId)
    return record
  })
  requests.on('run.delete', RunRequest, ({ runId }) => {
    runs.delete(runId)
    return null
  })
  requests.on('run.subscribe', SubscribeRequest, ({ runId, fromSeq = 1, previews = true }) => {
    const { status, lastSeq } = runs.summary(runId)
    if (outlet.subscriptions() >= MOST_SUBSCRIPTIONS)
      throw new HostError(
        'BAD_REQUEST',
        `a client may follow ${MOST_SUBSCRIPTIONS} runs at once; unsubscribe from some`,
      )
    // After the answer: it is sent when this function has returned.
    setImmediate(() => outlet.subscribe(runId, fromSeq, previews))
    return { status, lastSeq }
  })
  requests.on('run.unsubscribe', RunRequest, ({ runId }) => {
    outlet.unsubscribe(runId)
    return null
  })
  requests.on('history.list', HistoryRequest, (page) => runs.list(page))
  requests.on('history.clear', Nothing, () => ({ deleted: runs.deleteEnded() }))
}

export function answerQueueRequests(
  requests: Requests,
  { runs, catalogue }: ServerServices,
  { watch, unwatch }: { readonly watch: () => void; readonly unwatch: () => void },
): void {
  requests.on('nodes.list', Nothing, () => catalogue.list())
  requests.on('queue.watch', Nothing, () => {
    const snapshot = runs.queue()
    watch()
    return snapshot
  })
  requests.on('queue.unwatch', Nothing, () => {
    unwatch()
    return null
  })
  requests.on('queue.pause', Nothing, async () => {
    runs.pause()
    await runs.flushed()
    return null
  })
  requests.on('queue.resume', Nothing, async () => {
    runs.resume()
    await runs.flushed()
    return null
  })
  requests.on('queue.clear', Nothing, async () => {
    const cancelled = runs.clear()
    await runs.flushed()
    return { cancelled }
  })
}
