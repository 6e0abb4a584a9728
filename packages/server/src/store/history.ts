/** The runs that have ended: lists, and how many are kept. */
import type { RunSummary } from '@dicache/protocol'
import type { RunFilter } from '../services.ts'
import type { Database } from './open-database.ts'
import { SUMMARY_COLUMNS, summaryOf } from './rows.ts'

export type History = {
  readonly list: (filter: RunFilter) => { readonly runs: readonly RunSummary[]; readonly total: number }
  /** Deletes ended runs; gives their ids. */
  readonly deleteEnded: () => readonly string[]
  /** Drops the oldest ended runs until no more are left than may be kept; gives their ids. */
  readonly trim: (limits: { readonly runs: number; readonly eventBytes: number }) => readonly string[]
}

const ENDED: readonly RunSummary['status'][] = ['finished', 'failed', 'cancelled']
const PAGE = 50
/** Where too many bytes are the reason, this many runs go at a time. */
const AT_ONCE = 64

export function createHistory({ sql, write }: Database): History {
  const oldest = sql.prepare(
    'SELECT id, run_id, event_bytes FROM runs WHERE ended IS NOT NULL ORDER BY ended LIMIT ?',
  )
  const totals = sql.prepare(
    'SELECT count(*) AS runs, coalesce(sum(event_bytes), 0) AS bytes FROM runs WHERE ended IS NOT NULL',
  )
  const allEnded = sql.prepare('SELECT run_id FROM runs WHERE ended IS NOT NULL')
  const deleteEnded = sql.prepare('DELETE FROM runs WHERE ended IS NOT NULL')
  const remove = sql.prepare('DELETE FROM runs WHERE id = ?')
  return {
    list({ status = ENDED, begun = false, order = 'newest', limit = PAGE, offset = 0, beforeMs }) {
      const ended = status.every((one) => ENDED.includes(one))
      const where = [
        // Names the index that has the order.
        ...(ended ? ['ended IS NOT NULL'] : []),
        `status IN (${status.map(() => '?').join(', ')})`,
        ...(begun ? ['started_at_ms IS NOT NULL'] : []),
        ...(beforeMs === undefined ? [] : ['ended_at_ms < ?']),
      ].join(' AND ')
      const values = [...status, ...(beforeMs === undefined ? [] : [beforeMs])]
      const way = order === 'newest' ? 'DESC' : 'ASC'
      const rows = sql
        .prepare(
          `SELECT ${SUMMARY_COLUMNS} FROM runs WHERE ${where} ORDER BY ended ${way}, number ${way}, id ${way} LIMIT ? OFFSET ?`,
        )
        .all(...values, limit, offset)
      const total = sql.prepare(`SELECT count(*) AS n FROM runs WHERE ${where}`).get(...values)?.['n']
      return { runs: rows.map(summaryOf), total: Number(total) }
    },
    deleteEnded: () =>
      write(() => {
        const ids = allEnded.all().map((row) => String(row['run_id']))
        deleteEnded.run()
        return ids
      }),
    trim({ runs, eventBytes }) {
      const found = totals.get()
      let [count, bytes] = [Number(found?.['runs']), Number(found?.['bytes'])]
      if (count <= runs && bytes <= eventBytes) return []
      return write(() => {
        const dropped: string[] = []
        for (const row of oldest.all(Math.max(count - runs, AT_ONCE))) {
          // The newest run stays, however much it told.
          if ((count <= runs && bytes <= eventBytes) || count <= 1) break
          remove.run(Number(row['id']))
          dropped.push(String(row['run_id']))
          count -= 1
          bytes -= Number(row['event_bytes'])
        }
        return dropped
      })
    },
  }
}
