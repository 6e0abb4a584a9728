/** Reads one run of a home's history, beside a server that may be running. */
import { HostError } from '@dicache/protocol'
import type { StoredRun } from '../services.ts'
import { openForReading } from './open-database.ts'
import { readingStore } from './open-store.ts'

/**
 * The record of a run; `last` is the one that finished last.
 * @throws HostError FILE_NOT_FOUND where no server has run, UNKNOWN_RUN
 */
export async function readRun(home: string, runId: string): Promise<StoredRun> {
  const store = readingStore(openForReading(home))
  try {
    if (runId !== 'last') return store.record(runId)
    const [last] = store.history.list({ status: ['finished'], limit: 1 }).runs
    if (last === undefined) throw new HostError('UNKNOWN_RUN', `no run has finished in ${home}`)
    return store.record(last.runId)
  } finally {
    await store.close()
  }
}
