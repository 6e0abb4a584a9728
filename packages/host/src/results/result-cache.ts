/** Which results of nodes are kept: in memory by a policy, and on disk. */
import path from 'node:path'
import {
  createMemoryCache,
  createTieredCache,
  type MemoryCache,
  noCache,
  type ResultCache,
} from '@dicache/engine'
import { HostError, type SavedFile } from '@dicache/protocol'
import { createDiskCache } from './disk-cache.ts'
import { withFiles } from './with-files.ts'

/**
 * What memory keeps between runs. `bytes`: the most recently used results up to a number of bytes. `classic`: those
 * that the last run used, as ComfyUI does. `lru`: a number of them. `none`: nothing is kept, on disk neither.
 */
export type CachePolicy =
  | { readonly kind: 'bytes'; readonly maxBytes: number }
  | { readonly kind: 'classic' }
  | { readonly kind: 'lru'; readonly maxEntries: number }
  | { readonly kind: 'none' }

/** How results are kept. */
export type ResultCacheOptions = {
  /** @defaultValue 256 MiB in memory */
  readonly policy?: CachePolicy
  /** Bytes on disk, below `home/cache`. @defaultValue 0, nothing on disk */
  readonly diskBytes?: number
}

/** Where results may lie, and what they depend on besides the graph. */
export type ResultPlace = {
  readonly cacheFolder: string
  readonly device: string
  readonly pathOf: (file: SavedFile) => string
}

const DEFAULT_POLICY: CachePolicy = { kind: 'bytes', maxBytes: 256 * 2 ** 20 }

/** A cache whose memory can be emptied alone. */
export type HostResultCache = ResultCache & { readonly clearMemory: () => Promise<void> }

/** Makes the cache of a host. */
export function createResultCache(options: ResultCacheOptions, place: ResultPlace): HostResultCache {
  const { policy = DEFAULT_POLICY, diskBytes = 0 } = options
  const memory = policy.kind === 'none' ? noCache : withFiles(memoryCache(policy), place.pathOf)
  const clearMemory = async (): Promise<void> => memory.clear()
  if (policy.kind === 'none' || diskBytes === 0) return { ...memory, clearMemory }
  const disk = createDiskCache({
    folder: path.join(place.cacheFolder, 'results'),
    maxBytes: diskBytes,
    world: place.device,
    pathOf: place.pathOf,
  })
  return { ...createTieredCache(memory, disk), clearMemory }
}

function memoryCache(policy: Exclude<CachePolicy, { kind: 'none' }>): MemoryCache {
  const unlimited = { maxBytes: Number.POSITIVE_INFINITY }
  switch (policy.kind) {
    case 'bytes':
      return createMemoryCache({ maxBytes: policy.maxBytes })
    case 'classic':
      return createMemoryCache({ ...unlimited, lastRunOnly: true })
    case 'lru':
      return createMemoryCache({ ...unlimited, maxEntries: policy.maxEntries })
  }
}

/** Reads a policy: `bytes`, `bytes:2GiB`, `classic`, `lru:100`, `none`. @throws HostError BAD_REQUEST */
export function parseCachePolicy(text: string): CachePolicy {
  const [kind, amount, ...more] = text.split(':')
  if (more.length === 0) {
    if ((kind === 'classic' || kind === 'none') && amount === undefined) return { kind }
    if (kind === 'bytes')
      return amount === undefined ? DEFAULT_POLICY : { kind, maxBytes: parseBytes(amount) }
    if (kind === 'lru' && amount !== undefined && /^[1-9]\d{0,8}$/.test(amount))
      return { kind, maxEntries: Number(amount) }
  }
  throw new HostError(
    'BAD_REQUEST',
    `there is no cache policy "${text}"; use bytes, bytes:SIZE (such as bytes:2GiB), classic, lru:COUNT or none`,
  )
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
}

/** Reads a size: `0`, `500MB`, `1.5GiB`. @throws HostError BAD_REQUEST */
export function parseBytes(text: string): number {
  const [, number = '', unit = ''] = /^(\d{1,15}(?:\.\d{1,6})?)\s*([A-Za-z]*)$/.exec(text.trim()) ?? []
  const factor = Object.hasOwn(UNITS, unit.toUpperCase()) ? UNITS[unit.toUpperCase()] : undefined
  if (number === '' || factor === undefined)
    throw new HostError('BAD_REQUEST', `"${text}" is no size; write it like 500MB or 2GiB`)
  return Math.floor(Number(number) * factor)
}
