/** Two caches as one: a quick one in front of one that lasts (SPEC C-9). */
import type { NodeOutput, ResultCache } from './result-cache.ts'
import { valueSize } from './value-size.ts'

/** Makes the pair. What only `back` has is handed to `front` when it is asked for; what is stored goes to both. */
export function createTieredCache(front: ResultCache, back: ResultCache): ResultCache {
  const keep = async (key: string, owner: string, output: NodeOutput | undefined) => {
    if (output === undefined) return undefined
    const bytes = valueSize([output.lists, output.ui])
    // Only values are handed on as they are: whether the files of an output node are still there, `back` has to say.
    if (output.ui === undefined) await front.set(key, output, { owner, isOutput: false, bytes })
    return output
  }
  return {
    has: (key) => {
      const near = front.has(key)
      if (near === true) return true
      if (near === false) return back.has(key)
      return near.then((found) => found || back.has(key))
    },
    get: async (key, owner) => (await front.get(key, owner)) ?? keep(key, owner, await back.get(key, owner)),
    set: async (key, output, facts) => {
      await front.set(key, output, facts)
      await back.set(key, output, facts)
    },
    clear: async () => {
      await front.clear()
      await back.clear()
    },
    beginRun: (keys) => {
      front.beginRun?.(keys)
      back.beginRun?.(keys)
    },
  }
}
