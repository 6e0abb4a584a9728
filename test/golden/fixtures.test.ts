/** Every fixture of the repository, through the same code as `verify`. */
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { openRuntime } from '@dicache/host'
import { type CaseResult, findCases, verifyCase } from '@dicache/verify'
import { afterAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('./fixtures/', import.meta.url))
// Files of tests share the cores: more threads would only wait for each other.
const runtime = await openRuntime({ device: 'cpu', threads: 1 })
const folders = await findCases(root)

afterAll(() => runtime.dispose())

test('every fixture folder but the bundled model’s is a case', async () => {
  expect(folders).toHaveLength((await readdir(root)).length - 1)
})

/** What this version leaves open; every other case must pass in full. A case that passes must not be named here. */
const OPEN: Readonly<Record<string, CaseResult['status']>> = {
  'image-files': 'not-covered',
  'dicache-hunyuan': 'partly-covered',
  'dicache-hunyuan-force-last': 'partly-covered',
  'dicache-hunyuan-warmup-0': 'partly-covered',
  'dicache-wan': 'partly-covered',
  'dicache-wan-odd-warmup': 'partly-covered',
  'dicache-wan-warmup-1': 'partly-covered',
}

test('what is named as open is there', () => {
  expect(folders.map((folder) => path.basename(folder))).toEqual(expect.arrayContaining(Object.keys(OPEN)))
})

test.each(folders.map((folder) => [folder.slice(root.length), folder]))('%s', async (name, folder) => {
  const result = await verifyCase(folder, runtime)
  expect(result.error).toBeUndefined()
  expect(result.checks.filter(({ ok }) => !ok)).toEqual([])
  const wanted = OPEN[name] ?? 'passed'
  expect(result.status).toBe(wanted)
  expect(result.checks.length > 0).toBe(wanted !== 'not-covered')
})
