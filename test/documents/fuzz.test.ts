/** Real workflows, broken in 10,000 ways: problems, never an exception, a hang, or much memory. */
import { execFile } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const RUN = fileURLToPath(new URL('fuzz-run.ts', import.meta.url))
const CASES = 10_000
/** Beyond it the process is ended by V8, and the test fails. */
const HEAP_MB = 96
const MAX_RSS_BYTES = 200e6

it(`survives ${CASES} broken workflows`, { timeout: 300_000 }, async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [`--max-old-space-size=${HEAP_MB}`, '--max-semi-space-size=8', RUN, String(CASES)],
    { timeout: 280_000, maxBuffer: 2 ** 26 },
  )
  const { refused, faulty, fine, peakRssBytes } = JSON.parse(stdout) as Record<string, number>
  expect((refused ?? 0) + (faulty ?? 0) + (fine ?? 0)).toBe(CASES)
  // The mutations must be neither all fatal nor all harmless.
  for (const count of [refused, fine]) expect(count).toBeGreaterThan(CASES / 4)
  expect(faulty).toBeGreaterThan(10)
  expect(peakRssBytes).toBeLessThan(MAX_RSS_BYTES)
})
