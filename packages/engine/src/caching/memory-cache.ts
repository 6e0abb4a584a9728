/** A result cache in memory, bounded by bytes; what was used least recently goes first (SPEC C-5). */
import type { NodeOutput, ResultCache } from './result-cache.ts'
import { valueSize } from './value-size.ts'

/** A cache that says how much it holds. */
export type MemoryCache = ResultCache & {
  readonly usage: () => { readonly entries: number; readonly bytes: number }
}

/** Makes a cache of at most `maxBytes`. A result that is larger than that is not kept. @defaultValue 1 GiB */
export function createMemoryCache(maxBytes: number = 2 ** 30): MemoryCache {
  // A Map keeps the order of insertion: the first entry is the one used least recently.
  const entries = new Map<string, { readonly output: NodeOutput; readonly bytes: number }>()
  let bytes = 0

  const remove = (key: string): void => {
    bytes -= entries.get(key)?.bytes ?? 0
    entries.delete(key)
  }
  return {
    has: (key) => entries.has(key),
    get: (key) => {
      const entry = entries.get(key)
      if (entry === undefined) return undefined
      entries.delete(key)
      entries.set(key, entry)
      return entry.output
    },
    set: (key, output) => {
      remove(key)
      const size = valueSize([output.lists, output.ui])
      if (size > maxBytes) return
      entries.set(key, { output, bytes: size })
      bytes += size
      for (const oldest of entries.keys()) {
        if (bytes <= maxBytes) break
        remove(oldest)
      }
    },
    clear: () => {
      entries.clear()
      bytes = 0
    },
    usage: () => ({ entries: entries.size, bytes }),
  }
}
