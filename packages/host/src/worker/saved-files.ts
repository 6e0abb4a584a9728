/** Remembers the hashes of what was saved, so that a result that comes from the cache can name them too. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { JsonObject, RunOutput, SavedFile } from '@dicache/protocol'

export type KnownFile = Omit<RunOutput, 'nodeId'>

export type SavedFiles = {
  readonly note: (file: SavedFile, bytes: Uint8Array) => void
  /** The file that a node's data for the user interface names: saved by this process, or by one before it. */
  readonly find: (named: JsonObject) => KnownFile | undefined
}

/** The cache of results holds fewer pictures than this. */
const MOST = 20_000

/** @param pathOf - where a saved file is */
export function createSavedFiles(pathOf: (file: SavedFile) => string): SavedFiles {
  const known = new Map<string, KnownFile>()

  function note({ filename, subfolder, type }: SavedFile, bytes: Uint8Array): KnownFile {
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const file = { filename, subfolder, type, sizeBytes: bytes.length, sha256 }
    known.set(keyOf(file), file)
    for (const oldest of known.keys()) {
      if (known.size <= MOST) break
      known.delete(oldest)
    }
    return file
  }
  return {
    note: (file, bytes) => void note(file, bytes),
    find(named) {
      const file = savedFileOf(named)
      return file && (known.get(keyOf(file)) ?? noteStored(file))
    },
  }

  /** A result from the disk: its file is there as it was, or the result would not have been taken. */
  function noteStored(file: SavedFile): KnownFile | undefined {
    try {
      return note(file, readFileSync(pathOf(file)))
    } catch {
      return undefined // gone in this very moment: nothing to name
    }
  }
}

/** Files of the input folder are not results. */
function savedFileOf({ filename, subfolder, type }: JsonObject): SavedFile | undefined {
  return typeof filename === 'string' &&
    typeof subfolder === 'string' &&
    (type === 'output' || type === 'temp')
    ? { filename, subfolder, type }
    : undefined
}

function keyOf({ type, subfolder, filename }: SavedFile): string {
  return JSON.stringify([type, subfolder, filename])
}
