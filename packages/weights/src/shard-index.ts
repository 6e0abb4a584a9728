/** Reads the index of a sharded model: which tensor lies in which file of the index's folder. */
import { basename } from 'node:path'
import { quoteName, WeightsError } from './errors.ts'
import { createJsonReader } from './header-json.ts'
import { openRangeReader } from './range-reader.ts'

const MAX_INDEX_BYTES = 100_000_000

/**
 * Tensor names and the file name of each one's shard.
 * @throws BAD_INDEX when it is no index; BAD_SHARD_NAME when a shard is not a plain file name; FILE_NOT_FOUND
 */
export async function readShardIndex(
  path: string,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const reader = await openRangeReader(path, signal)
  try {
    if (reader.size > MAX_INDEX_BYTES) {
      throw new WeightsError('BAD_INDEX', `it is ${reader.size} bytes long, too long for an index`, { path })
    }
    return parseShardIndex(await reader.read(0, reader.size, signal), path)
  } finally {
    await reader.close()
  }
}

/** The pure part of {@link readShardIndex}. */
export function parseShardIndex(bytes: Uint8Array, path: string): ReadonlyMap<string, string> {
  const shardOf = new Map<string, string>()
  try {
    const reader = createJsonReader(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    reader.object((section) => {
      if (section !== 'weight_map') return reader.skip()
      reader.object((name) => shardOf.set(name, checkShardName(reader.string(), path, name)))
    })
    reader.end()
  } catch (cause) {
    if (!(cause instanceof SyntaxError || cause instanceof TypeError)) throw cause
    throw new WeightsError('BAD_INDEX', `it is no index of shards: ${cause.message}`, { path, cause })
  }
  if (shardOf.size === 0) throw new WeightsError('BAD_INDEX', 'it has no "weight_map" with tensors', { path })
  return shardOf
}

/** Only a plain name: an index from elsewhere must not reach out of its folder, on any platform. */
function checkShardName(shard: string, path: string, key: string): string {
  const plain =
    shard === basename(shard) && !/[\\/:\0]/.test(shard) && shard !== '' && shard !== '.' && shard !== '..'
  if (plain) return shard
  const what = `its shard ${quoteName(shard)} is not a plain file name; all shards must lie beside the index`
  throw new WeightsError('BAD_SHARD_NAME', what, { path, key })
}
