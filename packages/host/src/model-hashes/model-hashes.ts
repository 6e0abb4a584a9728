/** Which SHA-256 the weight files of this machine have: worked out once for each state of a file, in the background, and kept in the cache folder. */
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { isJsonObject, parseJson } from '@dicache/protocol'
import { createFileHasher } from './hash-files.ts'

/** A file as it is, or was: another size or time of change is another file. */
export type FileState = { readonly path: string; readonly sizeBytes: number; readonly modifiedMs: number }

export type ModelHashes = {
  /** Hexadecimal, where it is known. Reads nothing. */
  readonly known: (file: FileState) => string | undefined
  /** Has a file hashed that is not known yet. */
  readonly learn: (file: FileState) => void
  /** Learns these files, and resolves when everything that was to be learned is. Rejects when the signal does. */
  readonly settle: (files: readonly FileState[], signal?: AbortSignal) => Promise<void>
  /** Lets small files be finished, and no others. */
  readonly dispose: () => Promise<void>
}

/** The oldest go when there are more. */
const MAX_FILES = 1000
/** Takes less than a second. */
const SMALL_BYTES = 256 * 2 ** 20

/** @param folder - where `model-hashes.json` is kept; one that cannot be written keeps nothing */
export async function openModelHashes(folder: string): Promise<ModelHashes> {
  const file = path.join(folder, 'model-hashes.json')
  const hashes = await readHashes(file)
  const hasher = createFileHasher()
  const learning = new Map<string, number>()
  let last: Promise<void> = Promise.resolve()

  async function learnNow(state: FileState, key: string): Promise<void> {
    await merge()
    const sha256 = hashes.has(key) ? undefined : await hasher.hash(state.path)
    learning.delete(key)
    const after = await stat(state.path).catch(() => undefined)
    if (sha256 === undefined || after?.size !== state.sizeBytes || after.mtimeMs !== state.modifiedMs) return
    hashes.set(key, sha256)
    await keep().catch(() => undefined) // a folder that cannot be written keeps nothing
  }

  /** Another process may have learned more in the meantime. */
  async function merge(): Promise<void> {
    for (const [key, sha256] of await readHashes(file)) if (!hashes.has(key)) hashes.set(key, sha256)
  }

  async function keep(): Promise<void> {
    await merge()
    const all = [...hashes].slice(-MAX_FILES)
    await mkdir(folder, { recursive: true })
    const beside = `${file}.${process.pid}`
    await writeFile(beside, JSON.stringify(Object.fromEntries(all), undefined, 1))
    await rename(beside, file)
  }

  function learn(state: FileState): void {
    const key = keyOf(state)
    if (hashes.has(key) || learning.has(key)) return
    learning.set(key, state.sizeBytes)
    last = last.then(() => learnNow(state, key))
  }

  return {
    known: (state) => hashes.get(keyOf(state)),
    learn,
    async settle(files, signal) {
      for (const file of files) learn(file)
      if (learning.size > 0) await withSignal(last, signal)
    },
    async dispose() {
      const left = [...learning.values()].reduce((sum, bytes) => sum + bytes, 0)
      if (left > SMALL_BYTES) await hasher.dispose()
      await last
      await hasher.dispose()
    },
  }
}

/** What `work` gives, or the reason of the signal, whichever comes first. */
async function withSignal<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  signal.throwIfAborted()
  const ended = Promise.withResolvers<never>()
  const end = (): void => ended.reject(signal.reason)
  signal.addEventListener('abort', end, { once: true })
  try {
    return await Promise.race([work, ended.promise])
  } finally {
    signal.removeEventListener('abort', end)
  }
}

function keyOf({ path: where, sizeBytes, modifiedMs }: FileState): string {
  return `${where} ${sizeBytes} ${modifiedMs}`
}

/** What is damaged, or not there, holds nothing. */
async function readHashes(file: string): Promise<Map<string, string>> {
  const text = await readFile(file, 'utf8').catch(() => '{}')
  try {
    const value = parseJson(text)
    const entries = isJsonObject(value) ? Object.entries(value) : []
    return new Map(
      entries.flatMap(([key, sha256]): [string, string][] =>
        typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256) ? [[key, sha256]] : [],
      ),
    )
  } catch {
    return new Map()
  }
}
