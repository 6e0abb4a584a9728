/** Lists what is below a folder. Links and hidden files are left out. */
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'

/** A file or folder; `path` is relative, with forward slashes. */
export type TreeEntry = {
  readonly path: string
  readonly name: string
  readonly kind: 'file' | 'folder'
  readonly sizeBytes: number
  readonly modifiedMs: number
}

/** More entries are not listed, and deeper folders not entered. */
const MAX_ENTRIES = 20_000
const MAX_DEPTH = 16

/** What is below a folder: folders first, then by lower-case name; a folder's own entries follow it. */
export async function listTree(folder: string, recurse: boolean): Promise<readonly TreeEntry[]> {
  const found: TreeEntry[] = []
  const walk = async (at: string, relative: string, depth: number): Promise<void> => {
    const entries = await readdir(at, { withFileTypes: true }).catch(() => [])
    const kept = entries.filter(
      (entry) => !entry.name.startsWith('.') && (entry.isFile() || entry.isDirectory()),
    )
    const sorted = kept.toSorted(
      (a, b) => Number(b.isDirectory()) - Number(a.isDirectory()) || compare(a.name, b.name),
    )
    for (const entry of sorted) {
      if (found.length >= MAX_ENTRIES) return
      const full = path.join(at, entry.name)
      const facts = await stat(full).catch(() => undefined)
      if (facts === undefined) continue
      const own = relative === '' ? entry.name : `${relative}/${entry.name}`
      found.push({
        path: own,
        name: entry.name,
        kind: entry.isDirectory() ? 'folder' : 'file',
        sizeBytes: facts.size,
        modifiedMs: facts.mtimeMs,
      })
      if (recurse && entry.isDirectory() && depth < MAX_DEPTH) await walk(full, own, depth + 1)
    }
  }
  await walk(folder, '', 1)
  return found
}

function compare(a: string, b: string): number {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()]
  return x < y ? -1 : x > y ? 1 : 0
}
