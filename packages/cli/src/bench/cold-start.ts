/** How long a fresh process takes from its start to the saved picture, and how much memory it takes at most. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { HostError, isJsonObject, parseJson } from '@dicache/protocol'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))
const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))
const RUNS = 3

export type ColdStart = {
  readonly coldStartMs: number
  readonly coldStartNpmMs: number
  readonly coldPeakRssBytes: number
}

/** Medians of three fresh processes each, started directly and through npm. */
export async function coldStart(request: {
  readonly file: string
  readonly settings: readonly string[]
  readonly signal: AbortSignal
}): Promise<ColdStart> {
  const folder = await mkdtemp(path.join(tmpdir(), 'dicache-bench-'))
  const args = [
    'run',
    request.file,
    ...request.settings.flatMap((setting) => ['--set', setting]),
    '--out',
    folder,
    '--json',
    // A picture from the cache would be no start at all.
    '--no-cache',
  ]
  try {
    const direct: { ms: number; rss: number }[] = []
    const npm: number[] = []
    for (let n = 0; n < RUNS; n += 1) {
      direct.push(await timed(process.execPath, [MAIN, ...args], request.signal))
      npm.push((await timed('npm', ['run', '-s', 'dicache', '--', ...args], request.signal)).ms)
    }
    return {
      coldStartMs: middle(direct.map(({ ms }) => ms)),
      coldStartNpmMs: middle(npm),
      coldPeakRssBytes: Math.max(...direct.map(({ rss }) => rss)),
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function timed(
  command: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<{ ms: number; rss: number }> {
  const started = performance.now()
  const { stdout } = await promisify(execFile)(command, [...args], {
    cwd: ROOT,
    signal,
    maxBuffer: 64 * 2 ** 20,
  })
  const ms = performance.now() - started
  const parsed = parseJson(stdout)
  const rss = isJsonObject(parsed) ? Number(parsed['peakRssBytes']) : Number.NaN
  if (isJsonObject(parsed) && parsed['cached'] !== 0)
    throw new HostError('INTERNAL', 'the cold run took results from a cache; its time would say nothing')
  if (!Number.isFinite(rss))
    throw new HostError(
      'NODE_FAILED',
      'the cold run gave no JSON; try it by hand with `dicache run … --json`',
    )
  return { ms, rss }
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
