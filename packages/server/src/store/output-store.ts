/** What a run left behind and what it was made from: saved files and weight files. */
import type { RunModel, RunOutput } from '@dicache/protocol'
import type { Database } from './open-database.ts'
import type { Row } from './rows.ts'

/** A weight file of a run, with its place on the disk. */
export type StoredModel = Omit<RunModel, 'sha256'> & { readonly path: string }

export type OutputStore = {
  readonly addOutput: (run: number, place: number, file: RunOutput) => void
  /** Files of an attempt that was cut off are no outputs of the run. */
  readonly dropOutputs: (run: number) => void
  readonly outputs: (run: number) => readonly RunOutput[]
  readonly addModel: (run: number, model: StoredModel) => void
  readonly models: (run: number) => readonly RunModel[]
  readonly hash: (file: Pick<StoredModel, 'path' | 'sizeBytes' | 'modifiedMs'>) => string | undefined
  readonly setHash: (file: Pick<StoredModel, 'path' | 'sizeBytes' | 'modifiedMs'>, sha256: string) => void
  /** Files of runs whose hash is not known. */
  readonly unhashed: () => readonly StoredModel[]
}

export function createOutputStore({ sql }: Database): OutputStore {
  const addOutput = sql.prepare('INSERT OR REPLACE INTO outputs VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
  const dropOutputs = sql.prepare('DELETE FROM outputs WHERE run = ?')
  const outputs = sql.prepare('SELECT * FROM outputs WHERE run = ? ORDER BY place')
  const addModel = sql.prepare('INSERT OR REPLACE INTO run_models VALUES (?, ?, ?, ?, ?, ?)')
  const joined = `FROM run_models m LEFT JOIN file_hashes h
    ON h.path = m.path AND h.size_bytes = m.size_bytes AND h.modified_ms = m.modified_ms`
  const models = sql.prepare(`SELECT m.*, h.sha256 ${joined} WHERE m.run = ? ORDER BY m.folder, m.name`)
  const unhashed = sql.prepare(
    `SELECT m.* ${joined} WHERE h.sha256 IS NULL GROUP BY m.path, m.size_bytes, m.modified_ms`,
  )
  const hash = sql.prepare(
    'SELECT sha256 FROM file_hashes WHERE path = ? AND size_bytes = ? AND modified_ms = ?',
  )
  const setHash = sql.prepare('INSERT OR REPLACE INTO file_hashes VALUES (?, ?, ?, ?)')
  return {
    addOutput: (run, place, { nodeId, filename, subfolder, type, sizeBytes, sha256 }) =>
      void addOutput.run(run, place, nodeId, filename, subfolder, type, sizeBytes, sha256),
    dropOutputs: (run) => void dropOutputs.run(run),
    outputs: (run) =>
      outputs.all(run).map((row) => ({
        nodeId: String(row['node_id']),
        filename: String(row['filename']),
        subfolder: String(row['subfolder']),
        type: row['type'] as RunOutput['type'],
        sizeBytes: Number(row['size_bytes']),
        sha256: String(row['sha256']),
      })),
    addModel: (run, { folder, name, path, sizeBytes, modifiedMs }) =>
      void addModel.run(run, folder, name, path, sizeBytes, modifiedMs),
    models: (run) =>
      models.all(run).map((row) => {
        const { path: _path, ...model } = modelOf(row)
        return { ...model, ...(typeof row['sha256'] === 'string' && { sha256: row['sha256'] }) }
      }),
    hash({ path, sizeBytes, modifiedMs }) {
      const found = hash.get(path, sizeBytes, modifiedMs)?.['sha256']
      return typeof found === 'string' ? found : undefined
    },
    setHash: ({ path, sizeBytes, modifiedMs }, sha256) =>
      void setHash.run(path, sizeBytes, modifiedMs, sha256),
    unhashed: () => unhashed.all().map(modelOf),
  }
}

function modelOf(row: Row): StoredModel {
  return {
    folder: String(row['folder']),
    name: String(row['name']),
    path: String(row['path']),
    sizeBytes: Number(row['size_bytes']),
    modifiedMs: Number(row['modified_ms']),
  }
}
