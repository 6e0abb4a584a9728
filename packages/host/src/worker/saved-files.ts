/** Remembers the hashes of what was saved, so that a result that comes from the cache can name them too. */
import { createHash } from 'node:crypto'
import type { JsonObject, RunOutput, SavedFile } from '@dicache/protocol'

export type KnownFile = Omit<RunOutput, 'nodeId'>

export type SavedFiles = {
  readonly note: (file: SavedFile, bytes: Uint8Array) => void
  /** The file that a node's data for the user interface names, if it was saved here. */
  readonly find: (named: JsonObject) => KnownFile | undefined
}

/** The cache of results holds fewer pictures than this. */
const MOST = 20_000

export function createSavedFiles(): SavedFiles {
  const known = new Map<string, KnownFile>()
  return {
    note({ filename, subfolder, type }, bytes) {
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      known.set(keyOf(type, subfolder, filename), {
        filename,
        subfolder,
        type,
        sizeBytes: bytes.length,
        sha256,
      })
      for (const oldest of known.keys()) {
        if (known.size <= MOST) break
        known.delete(oldest)
      }
    },
    find: ({ type, subfolder, filename }) => known.get(keyOf(type, subfolder, filename)),
  }
}

function keyOf(...parts: readonly unknown[]): string {
  return JSON.stringify(parts)
}
