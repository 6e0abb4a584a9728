/** The database with everything that is kept in it. */
import type { WorkerRun } from '@dicache/host'
import { HostError, type NodeTiming } from '@dicache/protocol'
import type { DatabaseSync } from 'node:sqlite'
import type { StoredRun } from '../services.ts'
import { createEventStore, type EventStore } from './event-store.ts'
import { createHistory, type History } from './history.ts'
import { type Database, openDatabase } from './open-database.ts'
import { createOutputStore, type OutputStore } from './output-store.ts'
import { parsed, parsedObject } from './rows.ts'
import { createRunStore, type KeyedRun, type RunStore } from './run-store.ts'

export type Store = Pick<Database, 'write' | 'flushed' | 'close'> & {
  readonly runs: RunStore
  readonly events: EventStore
  readonly outputs: OutputStore
  readonly history: History
  /** @throws HostError UNKNOWN_RUN */
  readonly find: (runId: string) => KeyedRun
  readonly record: (runId: string) => StoredRun
  readonly workerRun: (key: number, runId: string) => WorkerRun
  readonly finishTexts: (key: number, timings: readonly NodeTiming[], device: string | undefined) => void
  readonly setting: (name: string) => string | undefined
  readonly setSetting: (name: string, value: string) => void
  /** The key of the run that was submitted last, also of one that was deleted. */
  readonly lastKey: () => number
}

/** Opens the store of a home. @throws HostError HOME_IN_USE */
export function openStore(home: string): Store {
  return createStore(openDatabase(home))
}

/** A store over a database that is open for reading only: `find`, `record`, `events.read`. */
export function readingStore(sql: DatabaseSync): Store {
  return createStore({
    sql,
    write: (work) => work(),
    flushed: async () => undefined,
    close: async () => sql.close(),
  })
}

function createStore(database: Database): Store {
  const { sql } = database
  const runs = createRunStore(database)
  const outputs = createOutputStore(database)
  const setting = sql.prepare('SELECT value FROM settings WHERE name = ?')
  const setSetting = sql.prepare('INSERT OR REPLACE INTO settings VALUES (?, ?)')
  const lastKey = sql.prepare(`SELECT seq FROM sqlite_sequence WHERE name = 'runs'`)

  function find(runId: string): KeyedRun {
    const run = runs.find(runId)
    if (run === undefined)
      throw new HostError(
        'UNKNOWN_RUN',
        `there is no run "${runId.slice(0, 200)}": it never was, or was deleted`,
      )
    return run
  }

  return {
    write: database.write,
    flushed: database.flushed,
    close: database.close,
    runs,
    outputs,
    events: createEventStore(database),
    history: createHistory(database),
    find,
    record(runId) {
      const { key, ...summary } = find(runId)
      const texts = runs.texts(key)
      const extra = parsedObject(texts['extra'])
      const editor = texts['editor_document']
      return {
        ...summary,
        document: String(texts['document']),
        prompt: String(texts['prompt']),
        targets: parsed(texts['targets']),
        problems: parsed(texts['problems']),
        seeds: parsed(texts['seeds']),
        versions: parsed(texts['versions']),
        timings: parsed(texts['timings']),
        models: outputs.models(key),
        outputs: outputs.outputs(key),
        ...(extra !== undefined && { extra }),
        ...(typeof editor === 'string' && { editorDocument: editor }),
      }
    },
    workerRun(key, runId) {
      const texts = runs.texts(key)
      const editor = texts['editor_document']
      return {
        runId,
        document: String(texts['document']),
        targets: parsed(texts['targets']),
        ...(typeof editor === 'string' && { editorDocument: editor }),
      }
    },
    finishTexts: (key, timings, device) => runs.setTimings(key, JSON.stringify(timings), device),
    setting(name) {
      const value = setting.get(name)?.['value']
      return typeof value === 'string' ? value : undefined
    },
    setSetting: (name, value) => void setSetting.run(name, value),
    lastKey: () => Number(lastKey.get()?.['seq'] ?? 0),
  }
}
