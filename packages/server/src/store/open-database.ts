/**
 * Opens `state.sqlite` and brings it up to date.
 *
 * WAL: readers (`rerun`, a backup) never wait for the server. `synchronous` is NORMAL: a killed process loses nothing at
 * all, and after a power loss the database is in one piece, but its last moments may be missing. What is promised to
 * somebody (a run was accepted, cancelled, moved) is answered when `flushed` says that it is on the disk. The flush is
 * of the write-ahead log and runs beside everything else, one for all that wait: SQLite's own (FULL) would stop the
 * server for each. The end of a run is not waited for: a run that ended just before a power loss may be made again.
 */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { HostError } from '@dicache/protocol'
import { createFlusher } from './flush-file.ts'

export type Database = {
  readonly sql: DatabaseSync
  /** Runs `work` in one transaction. */
  readonly write: <T>(work: () => T) => T
  /** Resolves when everything written so far is on the disk. */
  readonly flushed: () => Promise<void>
  readonly close: () => Promise<void>
}

const MIGRATIONS = fileURLToPath(new URL('./migrations/', import.meta.url))
const BUSY_MS = 5000

/** The path of the database of a home. */
export function databasePath(home: string): string {
  return path.join(home, 'state.sqlite')
}

/**
 * Opens the database of a home for the one process that writes it.
 * @throws HostError HOME_IN_USE when another server has it
 */
export function openDatabase(home: string): Database {
  mkdirSync(home, { recursive: true })
  const lock = lockHome(home)
  const sql = new DatabaseSync(databasePath(home), { timeout: BUSY_MS })
  sql.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON')
  migrate(sql)
  const begin = sql.prepare('BEGIN IMMEDIATE')
  const commit = sql.prepare('COMMIT')
  const rollback = sql.prepare('ROLLBACK')
  const flusher = createFlusher(`${databasePath(home)}-wal`)
  let inside = false

  return {
    sql,
    write(work) {
      if (inside) return work()
      begin.run()
      inside = true
      try {
        const value = work()
        commit.run()
        return value
      } catch (error) {
        if (sql.isTransaction) rollback.run()
        throw error
      } finally {
        inside = false
      }
    },
    flushed: flusher.flush,
    async close() {
      await flusher.close()
      sql.close()
      lock.close()
    },
  }
}

/** Opens the database of a home for reading, beside a server that may be running. */
export function openForReading(home: string): DatabaseSync {
  try {
    return new DatabaseSync(databasePath(home), { readOnly: true, timeout: BUSY_MS })
  } catch (error) {
    throw new HostError('FILE_NOT_FOUND', `there is no history in ${home}: no server has run there`, {
      path: databasePath(home),
      cause: error,
    })
  }
}

/** A lock that the system takes away with the process, however it ends: an open transaction on a file of its own. */
function lockHome(home: string): DatabaseSync {
  const lock = new DatabaseSync(path.join(home, 'server.lock'))
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock.close()
    throw new HostError(
      'HOME_IN_USE',
      `another server uses the home ${home}; stop it, or choose another home with --home`,
      { path: home, cause: error },
    )
  }
}

/** Applies the migrations that the database lacks, each in a transaction. @throws HostError when it is of a newer program */
function migrate(sql: DatabaseSync): void {
  sql.exec(
    'CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, applied_at_ms REAL NOT NULL) STRICT',
  )
  const row = sql.prepare('SELECT coalesce(max(version), 0) AS version FROM schema_version').get()
  const version = Number(row?.['version'])
  const files = readdirSync(MIGRATIONS)
    .filter((name) => name.endsWith('.sql'))
    .toSorted()
  if (version > files.length)
    throw new HostError(
      'UNSUPPORTED_FILE',
      `state.sqlite is of a newer version of this program (schema ${version}, known ${files.length}); update it, or choose another home`,
    )
  for (const [index, file] of files.entries()) {
    if (index < version) continue
    sql.exec('BEGIN IMMEDIATE')
    try {
      sql.exec(readFileSync(path.join(MIGRATIONS, file), 'utf8'))
      sql.prepare('INSERT INTO schema_version VALUES (?, ?)').run(index + 1, Date.now())
      sql.exec('COMMIT')
    } catch (error) {
      sql.exec('ROLLBACK')
      throw error
    }
  }
}
