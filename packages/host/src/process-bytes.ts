/** What the process holds, for events of nodes. Asking the system costs more than a small node does. */
import process from 'node:process'

/** An answer is as good as new for this long. */
const FRESH_MS = 10

/** Makes a gauge: bytes of memory that the process holds, asked of the system at most every 10 ms. */
export function createMemoryGauge(now: () => number = () => performance.now()): () => number {
  let bytes = 0
  let askedAtMs = Number.NEGATIVE_INFINITY
  return function processBytes() {
    const atMs = now()
    if (atMs - askedAtMs >= FRESH_MS) {
      askedAtMs = atMs
      bytes = process.memoryUsage.rss()
    }
    return bytes
  }
}
