/** A thread that hashes one file after the other, so that nothing waits for it. In: a path. Out: its SHA-256, or why there is none. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { parentPort } from 'node:worker_threads'

const CHUNK_BYTES = 1 << 20

parentPort?.on('message', (path: string) => {
  hashOf(path).then(
    (sha256) => parentPort?.postMessage({ sha256 }),
    (error: unknown) => parentPort?.postMessage({ error: String(error) }),
  )
})

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, {
    highWaterMark: CHUNK_BYTES,
  }) as AsyncIterable<Uint8Array>)
    hash.update(chunk)
  return hash.digest('hex')
}
