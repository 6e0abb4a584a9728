/** Rows of the database as values of the protocol. */
import type { ErrorReport, JsonObject, JsonValue, RunSummary, SavedFile } from '@dicache/protocol'

export type Row = Readonly<Record<string, unknown>>

/** The columns that a summary is made of. */
export const SUMMARY_COLUMNS =
  'id, run_id, status, number, client_id, title, created_at_ms, started_at_ms, ended_at_ms, attempts, last_seq, error, files'

/** A row of `runs`: the database wrote it, so its columns are what the schema says. */
export function summaryOf(row: Row): RunSummary {
  const { client_id: clientId, title, started_at_ms: startedAtMs, ended_at_ms: endedAtMs, error } = row
  return {
    runId: String(row['run_id']),
    status: row['status'] as RunSummary['status'],
    number: Number(row['number']),
    ...(typeof clientId === 'string' && { clientId }),
    ...(typeof title === 'string' && { title }),
    createdAtMs: Number(row['created_at_ms']),
    ...(typeof startedAtMs === 'number' && { startedAtMs }),
    ...(typeof endedAtMs === 'number' && { endedAtMs }),
    attempts: Number(row['attempts']),
    lastSeq: Number(row['last_seq']),
    ...(typeof error === 'string' && { error: parsed<ErrorReport>(error) }),
    files: parsed<readonly SavedFile[]>(row['files']),
  }
}

/** JSON that this program wrote itself. */
export function parsed<T extends JsonValue | object>(text: unknown): T {
  return JSON.parse(String(text)) as T
}

/** The same for a column that may be null. */
export function parsedObject(text: unknown): JsonObject | undefined {
  return typeof text === 'string' ? parsed<JsonObject>(text) : undefined
}
