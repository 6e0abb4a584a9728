/** Hashes files on a thread of its own, one after the other. The thread is there while there is something to do. */
import { Worker } from 'node:worker_threads'

type Answer = { readonly sha256: string } | { readonly error: string }

export type FileHasher = {
  /** SHA-256, hexadecimal; undefined where the file could not be read, or the hasher was ended before. */
  readonly hash: (path: string) => Promise<string | undefined>
  /** Ends at once. */
  readonly dispose: () => Promise<void>
}

export function createFileHasher(): FileHasher {
  let thread: Worker | undefined
  let waiting = 0
  let last: Promise<unknown> = Promise.resolve()
  let isDisposed = false

  function ask(path: string): Promise<string | undefined> {
    if (isDisposed) return Promise.resolve(undefined)
    thread ??= new Worker(new URL('hash-thread.ts', import.meta.url))
    const worker = thread
    worker.unref()
    return new Promise((resolve) => {
      const done = (sha256: string | undefined): void => {
        worker.off('message', answered)
        worker.off('exit', ended)
        worker.off('error', ended)
        resolve(sha256)
      }
      const answered = (answer: Answer): void => done('sha256' in answer ? answer.sha256 : undefined)
      const ended = (): void => done(undefined)
      worker.on('message', answered)
      worker.on('exit', ended)
      worker.on('error', ended)
      worker.postMessage(path)
    })
  }

  async function end(): Promise<void> {
    const worker = thread
    thread = undefined
    await worker?.terminate()
  }

  return {
    hash(path) {
      waiting += 1
      const answer = last.then(() => ask(path))
      last = answer.then(async () => {
        waiting -= 1
        if (waiting === 0) await end()
      })
      return answer
    },
    async dispose() {
      isDisposed = true
      await end()
    },
  }
}
