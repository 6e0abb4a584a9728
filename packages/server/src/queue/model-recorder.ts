/** Notes the weight files of runs, and hashes each of them once, in the background. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { UsedModel } from '@dicache/host'
import type { Logger } from 'pino'
import type { Store } from '../store/open-store.ts'
import type { StoredModel } from '../store/output-store.ts'

export type ModelRecorder = {
  /** Writes down that a run depends on a file; its hash follows. */
  readonly note: (run: number, model: UsedModel) => void
  /** Hashes what an earlier server left. */
  readonly start: () => void
  readonly dispose: () => Promise<void>
}

/** Small, so that requests are answered between two chunks. */
const CHUNK_BYTES = 256 * 1024

export function createModelRecorder(store: Store, log: Logger): ModelRecorder {
  const cancel = new AbortController()
  const queued = new Set<string>()
  let last: Promise<void> = Promise.resolve()

  function enqueue(work: () => Promise<void>): void {
    last = last.then(work).catch((error: unknown) => {
      if (!cancel.signal.aborted) log.warn({ err: error }, 'a weight file could not be hashed')
    })
  }

  function hashLater(file: StoredModel): void {
    const key = `${file.path} ${file.sizeBytes} ${file.modifiedMs}`
    if (queued.has(key)) return
    queued.add(key)
    enqueue(async () => {
      try {
        if (store.outputs.hash(file) !== undefined) return
        const sha256 = await hashFile(file.path, cancel.signal)
        const after = await stat(file.path)
        if (after.size === file.sizeBytes && after.mtimeMs === file.modifiedMs)
          store.write(() => store.outputs.setHash(file, sha256))
      } finally {
        queued.delete(key)
      }
    })
  }

  return {
    note(run, model) {
      store.write(() => store.outputs.addModel(run, model))
      hashLater(model)
    },
    start() {
      for (const file of store.outputs.unhashed()) hashLater(file)
    },
    async dispose() {
      cancel.abort()
      await last
    },
  }
}

/** SHA-256 of a file, hexadecimal. */
export async function hashFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  const stream = createReadStream(path, {
    highWaterMark: CHUNK_BYTES,
    ...(signal !== undefined && { signal }),
  })
  for await (const chunk of stream as AsyncIterable<Uint8Array>) hash.update(chunk)
  return hash.digest('hex')
}
