/** Whatever moment a process is killed at, the disk cache stays whole, and what was finished is not done again. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { readResult } from './result-file.ts'

const CHILD = fileURLToPath(new URL('testing/run-chain.ts', import.meta.url))
const KILLS = 100
const LENGTH = 24
const SIZE = 128
const folder = mkdtempSync(path.join(tmpdir(), 'killed-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs the child until it ends, or until `kill` says so: asked for each line, it gives a delay in ms. */
function runChild(
  place: string,
  first: number,
  kill: (line: string) => number | undefined,
): Promise<string[]> {
  const child = spawn(process.execPath, [CHILD, place, String(LENGTH), String(SIZE), String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // Most of a short child's time is the compiling of its modules.
    env: { NODE_COMPILE_CACHE: path.join(folder, 'compiled') },
  })
  const lines: string[] = []
  let rest = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n')
    rest = parts.pop() ?? ''
    for (const line of parts) {
      lines.push(line)
      const delay = kill(line)
      if (delay === 0) child.kill('SIGKILL')
      else if (delay !== undefined) setTimeout(() => child.kill('SIGKILL'), delay)
    }
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', () => resolve(lines))
  })
}

/** Every entry of the cache is whole: reading one throws where it is not. */
function checkEntries(place: string): number {
  const entries = readdirSync(place, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && !entry.name.endsWith('.tmp'),
  )
  for (const { parentPath, name } of entries) {
    const file = path.join(parentPath, name)
    expect(() => readResult(file, ''), file).toThrow('the result of another node')
  }
  return entries.length
}

/** A run is killed, begun again and killed again until it ends; then another graph is next. */
async function killAgainAndAgain(lane: number, kills: number): Promise<{ killed: number; ended: number }> {
  const place = path.join(folder, String(lane))
  let [killed, ended, first] = [0, 0, 0]
  let finished = new Set<string>()
  mkdirSync(place)
  while (killed < kills) {
    // A different moment every time: after the first, second … word of the child, and up to 3 ms later.
    let words = 1 + ((killed * 7 + lane) % 9)
    const delay = killed % 4
    const lines = await runChild(place, first, (line) =>
      line !== 'end' && --words === 0 ? delay : undefined,
    )
    const ran = lines.filter((line) => line.startsWith('runs ')).map((line) => line.slice(5))
    expect(lines.filter((line) => line.startsWith('warns '))).toEqual([])
    expect(ran.filter((step) => finished.has(step))).toEqual([])
    for (const line of lines) if (line.startsWith('finished ')) finished.add(line.slice(9))
    expect(checkEntries(place)).toBeGreaterThanOrEqual(finished.size)
    if (lines.at(-1) === 'end') {
      ended++
      first += 1000
      finished = new Set()
      rmSync(place, { recursive: true })
      mkdirSync(place)
    } else killed++
  }
  return { killed, ended }
}

it('C-14 survives being killed a hundred times', { timeout: 120_000 }, async () => {
  expect((await runChild(path.join(folder, 'whole'), 0, () => undefined)).at(-1)).toBe('end')
  const lanes = await Promise.all([0, 1].map((lane) => killAgainAndAgain(lane, KILLS / 2)))
  expect(lanes.reduce((sum, { killed }) => sum + killed, 0)).toBe(KILLS)
  // Kills come in the middle of runs, and runs get done in spite of them.
  for (const { ended } of lanes) expect(ended).toBeGreaterThan(0)
})
