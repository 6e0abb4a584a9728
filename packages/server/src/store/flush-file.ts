/** Brings a file's bytes to the disk without making anybody else wait: many wishes at once are one flush. */
import { type FileHandle, open } from 'node:fs/promises'

export type Flusher = {
  /** Resolves when everything that was written before the call is on the disk. */
  readonly flush: () => Promise<void>
  readonly close: () => Promise<void>
}

export function createFlusher(path: string): Flusher {
  let opened: Promise<FileHandle> | undefined
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined

  async function flushNow(): Promise<void> {
    opened ??= open(path, 'r+')
    await (await opened).datasync()
  }
  function begin(): Promise<void> {
    const flushing = flushNow().finally(() => {
      if (running === flushing) running = undefined
    })
    running = flushing
    return flushing
  }
  return {
    flush() {
      if (running === undefined) return begin()
      // The one that runs may have begun too early for what was written since.
      next ??= running
        .catch(() => undefined)
        .then(() => {
          next = undefined
          return begin()
        })
      return next
    },
    async close() {
      await (next ?? running)?.catch(() => undefined)
      await (await opened)?.close()
    },
  }
}
