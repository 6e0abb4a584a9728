/** Collects what changes in the queue, and tells it once a turn of the event loop. */
import type { QueueChange, RunSummary } from '@dicache/protocol'

export type QueueChanges = {
  readonly revision: () => number
  readonly changed: (...runs: readonly RunSummary[]) => void
  readonly removed: (runIds: readonly string[]) => void
  /** Paused or not: nothing of a run. */
  readonly touched: () => void
  /** Tells now what has been collected. */
  readonly flush: () => void
  readonly listen: (listener: (change: QueueChange) => void) => () => void
}

export function createQueueChanges(state: () => Pick<QueueChange, 'paused' | 'remaining'>): QueueChanges {
  const listeners = new Set<(change: QueueChange) => void>()
  const changed = new Map<string, RunSummary>()
  const removed = new Set<string>()
  let revision = 0
  let isDue = false

  function flush(): void {
    if (!isDue) return
    isDue = false
    revision += 1
    const change = { revision, ...state(), changed: [...changed.values()], removed: [...removed] }
    changed.clear()
    removed.clear()
    for (const listener of listeners) listener(change)
  }
  function due(): void {
    if (!isDue) setImmediate(flush)
    isDue = true
  }

  return {
    revision: () => revision,
    changed(...runs) {
      for (const run of runs) changed.set(run.runId, run)
      due()
    },
    removed(runIds) {
      for (const runId of runIds) {
        removed.add(runId)
        changed.delete(runId)
      }
      due()
    },
    touched: due,
    flush,
    listen(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
