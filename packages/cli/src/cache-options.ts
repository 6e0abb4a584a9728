/** The options that say which results of nodes are kept. */
import type { ParseArgsOptionsConfig } from 'node:util'
import { parseBytes, parseCachePolicy, type ResultCacheOptions } from '@dicache/host'
import { HostError } from '@dicache/protocol'
import type { Words } from './command.ts'

export const CACHE_OPTIONS: ParseArgsOptionsConfig = {
  cache: { type: 'string' },
  'disk-cache': { type: 'string' },
  'no-cache': { type: 'boolean' },
}

/** Bytes of results on disk, unless an option says otherwise. */
export const DISK_BYTES: number = 4 * 2 ** 30

/** Reads them. @throws HostError BAD_REQUEST for a policy or a size that is none, and for words that contradict each other */
export function cacheOf(words: Words): ResultCacheOptions {
  const policy = words.text('cache')
  const size = words.text('disk-cache')
  if (words.flag('no-cache')) {
    if (policy !== undefined || size !== undefined)
      throw new HostError('BAD_REQUEST', '--no-cache keeps nothing: leave out --cache and --disk-cache')
    return { policy: { kind: 'none' } }
  }
  return {
    ...(policy !== undefined && { policy: parseCachePolicy(policy) }),
    diskBytes: size === undefined ? DISK_BYTES : parseBytes(size),
  }
}
