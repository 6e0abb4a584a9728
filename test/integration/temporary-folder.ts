/** A folder for one test file. */
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'

/** An empty folder; disposing it removes it with everything in it. */
export type TemporaryFolder = AsyncDisposable & {
  readonly path: string
  /** The absolute path of something in it. */
  readonly at: (...names: string[]) => string
}

/** Makes an empty folder. */
export async function temporaryFolder(): Promise<TemporaryFolder> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'dicache-integration-'))
  return {
    path: folder,
    at: (...names) => path.join(folder, ...names),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  }
}
