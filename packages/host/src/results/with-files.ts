/** A cache in memory that counts an output node's result as missing when a file that it tells of was deleted. */
import { existsSync } from 'node:fs'
import type { MemoryCache, NodeOutput, ResultCache } from '@dicache/engine'
import type { SavedFile } from '@dicache/protocol'
import { savedFiles } from './saved-files.ts'

/** Wraps a cache; `pathOf` says where a file lies. */
export function withFiles(cache: MemoryCache, pathOf: (file: SavedFile) => string): ResultCache {
  const find = (key: string, owner: string): NodeOutput | undefined => {
    const output = cache.get(key, owner)
    if (output === undefined) return undefined
    return savedFiles(output).every((file) => existsSync(pathOf(file))) ? output : undefined
  }
  return { ...cache, has: (key) => find(key, key) !== undefined, get: find }
}
