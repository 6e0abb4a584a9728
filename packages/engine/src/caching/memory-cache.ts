/** A result cache in memory; what was used least recently goes first (SPEC C-5, C-8). */
import type { NodeOutput, ResultCache, ResultFacts } from './result-cache.ts'

/** A cache that says how much it holds, and answers at once. */
export type MemoryCache = Omit<ResultCache, 'has' | 'get'> & {
  readonly has: (key: string) => boolean
  readonly get: (key: string, owner: string) => NodeOutput | undefined
  readonly usage: () => { readonly entries: number; readonly bytes: number }
}

/** What bounds a memory cache. */
export type MemoryCacheOptions = {
  /** A result that is larger than that is not kept. @defaultValue 1 GiB */
  readonly maxBytes?: number
  /** @defaultValue no limit */
  readonly maxEntries?: number
  /** Whether a run drops the results that have no place in it. @defaultValue false */
  readonly lastRunOnly?: boolean
}

type Entry = { readonly output: NodeOutput; readonly facts: ResultFacts }

/** Makes a cache. Policies: `bytes` is the default, `lru` a number of entries, `classic` what the last run used. */
export function createMemoryCache(options: MemoryCacheOptions = {}): MemoryCache {
  const { maxBytes = 2 ** 30, maxEntries = Number.POSITIVE_INFINITY, lastRunOnly = false } = options
  // A Map keeps the order of insertion: the first entry is the one used least recently.
  const entries = new Map<string, Entry>()
  let bytes = 0

  const remove = (key: string): void => {
    bytes -= entries.get(key)?.facts.bytes ?? 0
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
    set: (key, output, facts) => {
      remove(key)
      if (facts.bytes > maxBytes) return
      entries.set(key, { output, facts })
      bytes += facts.bytes
      for (const oldest of entries.keys()) {
        if (bytes <= maxBytes && entries.size <= maxEntries) break
        remove(oldest)
      }
    },
    clear: () => {
      entries.clear()
      bytes = 0
    },
    ...(lastRunOnly && {
      beginRun: (keys: ReadonlySet<string>) => {
        for (const [key, { facts }] of entries) if (!keys.has(key) && !keys.has(facts.owner)) remove(key)
      },
    }),
    usage: () => ({ entries: entries.size, bytes }),
  }
}
