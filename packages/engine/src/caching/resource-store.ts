/** Costly things that are made once and shared over runs: what `host.resource` gives to nodes. */
import type { HostServices, Resource } from '@dicache/sdk'

/** A store of resources, for the host to own. */
export type ResourceStore = {
  readonly resource: HostServices['resource']
  readonly usage: () => { readonly entries: number; readonly bytes: number }
  /** Disposes the least recently used until at most `maxBytes` remain. Call it while nothing runs. */
  readonly trim: (maxBytes: number) => Promise<void>
  /** Disposes everything. */
  readonly dispose: () => Promise<void>
}

type Entry = { readonly made: Promise<Resource<unknown>>; bytes: number }

/** Makes an empty store. Two callers of one key at once share one creation; a failed one is forgotten. */
export function createResourceStore(): ResourceStore {
  const entries = new Map<string, Entry>()
  const usage = (): { readonly entries: number; readonly bytes: number } => ({
    entries: entries.size,
    bytes: [...entries.values()].reduce((sum, { bytes }) => sum + bytes, 0),
  })
  const trim = async (maxBytes: number): Promise<void> => {
    const faults: unknown[] = []
    for (const [key, { made }] of entries) {
      if (usage().bytes <= maxBytes && maxBytes > 0) break
      entries.delete(key)
      try {
        await (await made).dispose?.()
      } catch (fault) {
        faults.push(fault)
      }
    }
    if (faults.length > 0) throw new AggregateError(faults, 'some resources could not be disposed')
  }
  return {
    usage,
    trim,
    dispose: () => trim(0),
    resource: async <T>(key: string, create: () => Promise<Resource<T>>): Promise<T> => {
      const known = entries.get(key)
      const entry: Entry = known ?? { made: create(), bytes: 0 }
      entries.delete(key)
      entries.set(key, entry) // the most recently used one is last
      try {
        const { value, bytes = 0 } = (await entry.made) as Resource<T>
        entry.bytes = bytes
        return value
      } catch (fault) {
        if (entries.get(key) === entry) entries.delete(key)
        throw fault
      }
    },
  }
}
