/** Events by run and number. They are written once, and read in order from any number on. */
import type { RunEvent } from '@dicache/protocol'
import type { Database } from './open-database.ts'
import { parsed } from './rows.ts'

export type EventStore = {
  /** Appends events; `bodies` are JSON texts without meaning to the store. */
  readonly append: (run: number, firstSeq: number, bodies: readonly string[]) => void
  readonly read: (run: number, fromSeq: number, limit: number) => readonly RunEvent[]
}

export function createEventStore({ sql }: Database): EventStore {
  const insert = sql.prepare('INSERT INTO events (run, seq, body) VALUES (?, ?, ?)')
  const count = sql.prepare('UPDATE runs SET last_seq = ?, event_bytes = event_bytes + ? WHERE id = ?')
  const select = sql.prepare('SELECT seq, body FROM events WHERE run = ? AND seq >= ? ORDER BY seq LIMIT ?')
  return {
    append(run, firstSeq, bodies) {
      let bytes = 0
      for (const [index, body] of bodies.entries()) {
        insert.run(run, firstSeq + index, body)
        bytes += body.length
      }
      count.run(firstSeq + bodies.length - 1, bytes, run)
    },
    read: (run, fromSeq, limit) =>
      select
        .all(run, fromSeq, limit)
        .map(({ seq, body }) => ({ ...parsed<RunEvent>(body), seq: Number(seq) })),
  }
}
