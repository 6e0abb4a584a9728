/** Notes the weight files of runs, and their hashes, which the host works out once for each state of a file. */
import type { ModelHashes, UsedModel } from '@dicache/host'
import type { Logger } from 'pino'
import type { Store } from '../store/open-store.ts'
import type { StoredModel } from '../store/output-store.ts'

export type ModelRecorder = {
  /** Writes down that a run depends on a file. */
  readonly note: (run: number, model: UsedModel) => void
  /** Writes down hashes that are not there yet: of the runs that ended, and of those that an earlier server left. */
  readonly settle: () => void
  readonly dispose: () => Promise<void>
}

export function createModelRecorder(
  store: Store,
  hashes: Pick<ModelHashes, 'known' | 'settle'>,
  log: Logger,
): ModelRecorder {
  const cancel = new AbortController()
  /** Files that runs opened since the last time, and all that the store has at the first. */
  let open: 'all' | Map<string, StoredModel> = 'all'
  let last: Promise<void> = Promise.resolve()

  async function write(files: readonly StoredModel[]): Promise<void> {
    for (const file of files) {
      if (store.outputs.hash(file) !== undefined) continue
      await hashes.settle([file], cancel.signal)
      const sha256 = hashes.known(file)
      if (sha256 !== undefined) store.write(() => store.outputs.setHash(file, sha256))
    }
  }

  return {
    note(run, model) {
      store.write(() => store.outputs.addModel(run, model))
      if (open !== 'all') open.set(`${model.path} ${model.sizeBytes} ${model.modifiedMs}`, model)
    },
    settle() {
      const files = open === 'all' ? store.outputs.unhashed() : [...open.values()]
      open = new Map()
      if (files.length === 0) return
      last = last
        .then(() => write(files))
        .catch((error: unknown) => {
          if (!cancel.signal.aborted) log.warn({ err: error }, 'a weight file could not be hashed')
        })
    },
    async dispose() {
      cancel.abort()
      await last
    },
  }
}
