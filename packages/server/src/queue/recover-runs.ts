/** What becomes of the runs that were going when the last server died. */
import { HostError } from '@dicache/protocol'
import type { Logger } from 'pino'
import type { QueueLimits } from '../server-options.ts'
import type { Store } from '../store/open-store.ts'

const MAX_ATTEMPTS = 3

/** Puts them back into their place, or ends them: by policy, and when they were begun too often. */
export function recoverRuns(store: Store, limits: QueueLimits, log: Logger): void {
  const { interrupted = 'resume', maxAttempts = MAX_ATTEMPTS } = limits
  for (const { key, runId, attempts, lastSeq, startedAtMs = Date.now() } of store.runs.running()) {
    const resume = interrupted === 'resume' && attempts < maxAttempts
    const error = new HostError(
      'WORKER_DIED',
      attempts >= maxAttempts
        ? `the server ended in the middle of this run ${attempts} times; it is not tried again by itself`
        : 'the server ended in the middle of this run',
    ).toJSON()
    const atMs = Date.now()
    const event = resume
      ? { type: 'run.requeued', runId, atMs, reason: error }
      : { type: 'run.failed', runId, atMs, durationMs: atMs - startedAtMs, error, failed: [] }
    store.write(() => {
      store.events.append(key, lastSeq + 1, [JSON.stringify(event)])
      if (resume) store.runs.requeue(key)
      else store.runs.end(key, { status: 'failed', endedAtMs: atMs, error })
    })
    log.warn({ runId, attempts, resume }, 'a run was cut off by the end of the last server')
  }
}
