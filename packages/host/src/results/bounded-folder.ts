/** A folder of entries that never holds more than its bytes for long: what was used least recently goes first. */
import { readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'

/** Counts what is written, and makes room. */
export type BoundedFolder = {
  /** Tells that an entry was written. */
  readonly grow: (sizeBytes: number) => Promise<void>
  readonly usage: () => Promise<{ readonly entries: number; readonly bytes: number }>
}

type Entry = { readonly path: string; readonly bytes: number; readonly usedMs: number }

/** Files take whole blocks of the disk. */
const BLOCK_BYTES = 4096
/** How full it is after room was made: not at the first byte again. */
const LOW_TIDE = 0.8
/** What was left by a process that died while it wrote. */
const TEMPORARY = '.tmp'
const TEMPORARY_MS = 10 * 60_000

/** Bounds a folder whose entries lie in sub-folders; `onRemoved` is told when some had to go. Their time of modification is the time of their last use. */
export function createBoundedFolder(
  folder: string,
  { maxBytes, onRemoved }: { readonly maxBytes: number; readonly onRemoved: () => void },
): BoundedFolder {
  let known: Promise<number> | undefined

  const makeRoom = async (): Promise<number> => {
    const entries = await listEntries(folder)
    let bytes = totalOf(entries)
    if (bytes <= maxBytes) return bytes
    entries.sort((a, b) => a.usedMs - b.usedMs)
    for (const entry of entries) {
      if (bytes <= maxBytes * LOW_TIDE) break
      await rm(entry.path, { force: true })
      bytes -= entry.bytes
    }
    onRemoved()
    return bytes
  }
  return {
    async grow(sizeBytes) {
      if (known === undefined) {
        // The first one in this process: other processes may have filled it.
        known = makeRoom()
        await known
        return
      }
      const bytes = (await known) + blocksOf(sizeBytes)
      known = bytes > maxBytes ? makeRoom() : Promise.resolve(bytes)
      await known
    },
    async usage() {
      const entries = await listEntries(folder)
      return { entries: entries.length, bytes: totalOf(entries) }
    },
  }
}

async function listEntries(folder: string): Promise<Entry[]> {
  const entries: Entry[] = []
  for (const shard of await namesIn(folder)) {
    const names = await namesIn(path.join(folder, shard))
    const found = await Promise.all(names.map((name) => entryAt(path.join(folder, shard, name))))
    for (const entry of found) if (entry !== undefined) entries.push(entry)
  }
  return entries
}

async function entryAt(file: string): Promise<Entry | undefined> {
  const facts = await stat(file).catch(() => undefined)
  if (facts === undefined || !facts.isFile()) return undefined
  if (file.endsWith(TEMPORARY)) {
    if (Date.now() - facts.mtimeMs > TEMPORARY_MS) await rm(file, { force: true })
    return undefined
  }
  return { path: file, bytes: blocksOf(facts.size), usedMs: facts.mtimeMs }
}

/** A folder that is not there is empty. */
async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => [])
}

function blocksOf(sizeBytes: number): number {
  return Math.ceil(sizeBytes / BLOCK_BYTES) * BLOCK_BYTES
}

function totalOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, { bytes }) => sum + bytes, 0)
}
