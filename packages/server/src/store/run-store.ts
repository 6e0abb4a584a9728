/** Runs in the database: what is waiting, what is going, what has ended. Times are milliseconds since 1970. */
import type { ErrorReport, RunStatus, RunSummary, SavedFile } from '@dicache/protocol'
import type { Database } from './open-database.ts'
import { type Row, SUMMARY_COLUMNS, summaryOf } from './rows.ts'

/** A run with the number that other tables know it by. */
export type KeyedRun = RunSummary & { readonly key: number }

/** JSON texts of a new run. */
export type RunTexts = {
  readonly document: string
  readonly prompt: string
  readonly editorDocument: string | undefined
  readonly extra: string | undefined
  readonly targets: string
  readonly problems: string
  readonly seeds: string
  readonly versions: string
}

export type NewRun = Pick<RunSummary, 'runId' | 'number' | 'createdAtMs'> & {
  readonly clientId: string | undefined
  readonly title: string | undefined
  readonly texts: RunTexts
}

export type RunEnding = {
  readonly status: Exclude<RunStatus, 'pending' | 'running'>
  readonly endedAtMs: number
  readonly error?: ErrorReport
}

export type RunStore = {
  readonly insert: (run: NewRun) => KeyedRun
  readonly find: (runId: string) => KeyedRun | undefined
  readonly next: () => KeyedRun | undefined
  readonly pending: (limit: number) => readonly KeyedRun[]
  readonly running: () => readonly KeyedRun[]
  readonly countPending: () => number
  readonly lowestNumber: () => number | undefined
  readonly begin: (key: number, atMs: number) => void
  readonly requeue: (key: number) => void
  readonly end: (key: number, ending: RunEnding) => void
  readonly setNumber: (key: number, number: number) => void
  readonly setFiles: (key: number, files: readonly SavedFile[]) => void
  readonly setTimings: (key: number, timings: string, device: string | undefined) => void
  readonly texts: (key: number) => Row
  readonly delete: (key: number) => void
}

export function createRunStore({ sql }: Database): RunStore {
  const insertRun = sql.prepare(
    `INSERT INTO runs (run_id, status, number, client_id, title, created_at_ms) VALUES (?, 'pending', ?, ?, ?, ?)`,
  )
  const insertTexts = sql.prepare(
    `INSERT INTO run_texts (run, document, prompt, editor_document, extra, targets, problems, seeds, versions)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const byId = sql.prepare(`SELECT ${SUMMARY_COLUMNS} FROM runs WHERE run_id = ?`)
  const pending = sql.prepare(
    `SELECT ${SUMMARY_COLUMNS} FROM runs WHERE status = 'pending' ORDER BY number, id LIMIT ?`,
  )
  const running = sql.prepare(`SELECT ${SUMMARY_COLUMNS} FROM runs WHERE status = 'running' ORDER BY id`)
  const countPending = sql.prepare(`SELECT count(*) AS n FROM runs WHERE status = 'pending'`)
  const lowest = sql.prepare(`SELECT min(number) AS n FROM runs WHERE status = 'pending'`)
  const begin = sql.prepare(
    `UPDATE runs SET status = 'running', started_at_ms = ?, attempts = attempts + 1 WHERE id = ?`,
  )
  const requeue = sql.prepare(`UPDATE runs SET status = 'pending' WHERE id = ?`)
  const end = sql.prepare(
    `UPDATE runs SET status = ?, ended_at_ms = ?, error = ?, ended = (SELECT coalesce(max(ended), 0) + 1 FROM runs WHERE ended IS NOT NULL) WHERE id = ?`,
  )
  const setNumber = sql.prepare('UPDATE runs SET number = ? WHERE id = ?')
  const setFiles = sql.prepare('UPDATE runs SET files = ? WHERE id = ?')
  const setTimings = sql.prepare(
    `UPDATE run_texts SET timings = ?1, versions = iif(?2 IS NULL, versions, json_set(versions, '$.device', ?2)) WHERE run = ?3`,
  )
  const texts = sql.prepare('SELECT * FROM run_texts WHERE run = ?')
  const remove = sql.prepare('DELETE FROM runs WHERE id = ?')
  const keyed = (row: Row): KeyedRun => ({ ...summaryOf(row), key: Number(row['id']) })
  const one = (row: Row | undefined): KeyedRun | undefined => row && keyed(row)

  return {
    insert({ runId, number, clientId, title, createdAtMs, texts: given }) {
      const { lastInsertRowid } = insertRun.run(runId, number, clientId ?? null, title ?? null, createdAtMs)
      const key = Number(lastInsertRowid)
      insertTexts.run(
        key,
        given.document,
        given.prompt,
        given.editorDocument ?? null,
        given.extra ?? null,
        given.targets,
        given.problems,
        given.seeds,
        given.versions,
      )
      return {
        key,
        runId,
        number,
        createdAtMs,
        status: 'pending',
        attempts: 0,
        lastSeq: 0,
        files: [],
        ...(clientId !== undefined && { clientId }),
        ...(title !== undefined && { title }),
      }
    },
    find: (runId) => one(byId.get(runId)),
    next: () => one(pending.get(1)),
    pending: (limit) => pending.all(limit).map(keyed),
    running: () => running.all().map(keyed),
    countPending: () => Number(countPending.get()?.['n']),
    lowestNumber() {
      const value = lowest.get()?.['n']
      return typeof value === 'number' ? value : undefined
    },
    begin: (key, atMs) => void begin.run(atMs, key),
    requeue: (key) => void requeue.run(key),
    end: (key, { status, endedAtMs, error }) =>
      void end.run(status, endedAtMs, error === undefined ? null : JSON.stringify(error), key),
    setNumber: (key, number) => void setNumber.run(number, key),
    setFiles: (key, files) => void setFiles.run(JSON.stringify(files), key),
    setTimings: (key, timings, device) => void setTimings.run(timings, device ?? null, key),
    texts: (key) => texts.get(key) ?? {},
    delete: (key) => void remove.run(key),
  }
}
