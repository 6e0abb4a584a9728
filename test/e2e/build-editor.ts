/** Builds the editor into `web/dist`, from where `dicache serve` serves it: once for all files of tests. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { glob, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'

const root = path.resolve(import.meta.dirname, '../..')
const web = path.join(root, 'web')
const SOURCES = [
  'web/{src,public}/**/*',
  'web/{index.html,vite.config.ts,package.json}',
  'workflows/*.json',
  'packages/protocol/src/**/*.ts',
]
/** A builder that takes longer than this is dead. */
const MAX_BUILD_MS = 120_000

/** Builds what the sources are now, unless that is there; of several callers at once, one does. */
export async function buildEditor(): Promise<void> {
  const wanted = await fingerprint()
  const stamp = path.join(web, 'dist/.sources')
  const isBuilt = async (): Promise<boolean> => (await readFile(stamp, 'utf8').catch(() => '')) === wanted
  if (await isBuilt()) return
  const lock = path.join(web, 'node_modules/.building')
  while (!(await take(lock))) await wait(100)
  try {
    if (await isBuilt()) return
    const vite = path.join(web, 'node_modules/vite/bin/vite.js')
    await promisify(execFile)(process.execPath, [vite, 'build', '--logLevel', 'error'], { cwd: web })
    await writeFile(stamp, wanted)
  } finally {
    await rm(lock, { recursive: true, force: true })
  }
}

async function fingerprint(): Promise<string> {
  const files: string[] = []
  for await (const file of glob(SOURCES, { cwd: root })) files.push(file)
  const hash = createHash('sha256')
  for (const file of files.toSorted()) {
    const facts = await stat(path.join(root, file))
    if (facts.isFile()) hash.update(`${file} ${facts.size} ${facts.mtimeMs}\n`)
  }
  return hash.digest('hex')
}

async function take(lock: string): Promise<boolean> {
  try {
    await mkdir(lock)
    return true
  } catch {
    const facts = await stat(lock).catch(() => undefined)
    if (facts !== undefined && Date.now() - facts.mtimeMs > MAX_BUILD_MS)
      await rm(lock, { recursive: true, force: true })
    return false
  }
}
