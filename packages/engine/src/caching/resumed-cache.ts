/** A cache in front of which the results of an unfinished run stand: what it got done is not done again (SPEC X-14). */
import type { NodeOutput, ResultCache } from './result-cache.ts'

/** Makes the cache of a run that takes up an unfinished one. */
export function createResumedCache(
  cache: ResultCache,
  results: ReadonlyMap<string, NodeOutput>,
): ResultCache {
  return {
    ...cache,
    has: (key) => results.has(key) || cache.has(key),
    get: (key, owner) => results.get(key) ?? cache.get(key, owner),
  }
}
