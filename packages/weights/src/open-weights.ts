/** Opens what a user points at: one file, a folder, or the index of a sharded model. */
import { readdir, stat } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { createWeightFile } from './create-weight-file.ts'
import { quoteName, quoteNames, WeightsError } from './errors.ts'
import { openSafetensors } from './open-safetensors.ts'
import { toWeightsError } from './range-reader.ts'
import { readShardIndex } from './shard-index.ts'
import { NO_PICKLES, PICKLE_EXTENSIONS } from './sniff.ts'
import type { TensorEntry, WeightFile } from './weight-file.ts'

const INDEX_ENDING = '.index.json'

/**
 * Opens weights as one value, however they are stored: a .safetensors file, a `*.index.json` with its shards beside
 * it, or a folder that holds one of these.
 * @throws as {@link openSafetensors}; BAD_INDEX, BAD_SHARD_NAME, MISSING_SHARD, MISSING_KEYS for broken sharded models;
 * AMBIGUOUS_FOLDER for a folder with several candidates.
 */
export async function openWeights(path: string, signal?: AbortSignal): Promise<WeightFile> {
  signal?.throwIfAborted()
  const found = (await isFolder(path)) ? await findInFolder(path) : path
  return await (found.endsWith(INDEX_ENDING) ? openShards(found, signal) : openSafetensors(found, signal))
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (cause) {
    throw toWeightsError(cause, path)
  }
}

async function findInFolder(folder: string): Promise<string> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw toWeightsError(cause, folder)
  })
  names.sort()
  const indexes = names.filter((name) => name.endsWith(`.safetensors${INDEX_ENDING}`))
  const files = names.filter((name) => name.endsWith('.safetensors'))
  const candidates = indexes.length > 0 ? indexes : files
  const [only] = candidates
  if (only === undefined) {
    if (names.some((name) => PICKLE_EXTENSIONS.has(extname(name)))) {
      throw new WeightsError('PICKLE_FILE', `it holds pickles and no .safetensors file. ${NO_PICKLES}`, {
        path: folder,
      })
    }
    throw new WeightsError('FILE_NOT_FOUND', 'it holds no .safetensors file', { path: folder })
  }
  if (candidates.length > 1) {
    const what = `it holds several candidates; give the path of one: ${quoteNames(candidates)}`
    throw new WeightsError('AMBIGUOUS_FOLDER', what, { path: folder })
  }
  return join(folder, only)
}

async function openShards(path: string, signal?: AbortSignal): Promise<WeightFile> {
  const shardOf = await readShardIndex(path, signal)
  const shards = new Map<string, WeightFile>()
  try {
    for (const name of [...new Set(shardOf.values())].sort()) {
      shards.set(name, await openShard(path, name, signal))
    }
    return joinShards(path, shardOf, shards)
  } catch (error) {
    await closeAll(shards.values())
    throw error
  }
}

async function openShard(path: string, name: string, signal?: AbortSignal): Promise<WeightFile> {
  try {
    return await openSafetensors(join(dirname(path), name), signal)
  } catch (cause) {
    if (!(cause instanceof WeightsError && cause.code === 'FILE_NOT_FOUND')) throw cause
    const what = `its shard ${quoteName(name)} is missing. Download it into the same folder`
    throw new WeightsError('MISSING_SHARD', what, { path, cause })
  }
}

async function closeAll(shards: Iterable<WeightFile>): Promise<void> {
  await Promise.all(Array.from(shards, (shard) => shard.close()))
}

/** The index decides which tensors there are; a shard's other tensors are no part of the model. */
function joinShards(
  path: string,
  shardOf: ReadonlyMap<string, string>,
  shards: ReadonlyMap<string, WeightFile>,
): WeightFile {
  const [first] = shards.values()
  if (first === undefined) throw new WeightsError('BAD_INDEX', 'it names no shard', { path })
  const byFile = new Map<string, WeightFile>()
  const tensors = new Map<string, TensorEntry>()
  for (const [name, shardName] of shardOf) {
    const shard = shards.get(shardName)
    const entry = shard?.tensors.get(name)
    if (shard === undefined || entry === undefined) {
      const what = `the index places it in ${quoteName(shardName)}, which does not hold it. Index and shards differ in version`
      throw new WeightsError('MISSING_KEYS', what, { path, key: name, keys: [name] })
    }
    if (shard.folder !== first.folder) {
      const what = `its shards lie in several folders (${first.folder}, ${shard.folder}); put them into one`
      throw new WeightsError('BAD_INDEX', what, { path })
    }
    tensors.set(name, entry)
    byFile.set(entry.file, shard)
  }
  return createWeightFile({
    path,
    folder: first.folder,
    metadata: first.metadata,
    tensors,
    async readEntry(entry, signal) {
      const shard = byFile.get(entry.file)
      if (shard === undefined) throw new Error(`weights: ${entry.file} is no shard of ${path}`)
      return await shard.readBytes(entry.name, signal)
    },
    close: () => closeAll(shards.values()),
  })
}
