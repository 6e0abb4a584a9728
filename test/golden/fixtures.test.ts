/** Every fixture of the repository, through the same code as `verify`. */
import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { openRuntime } from '@dicache/host'
import { findCases, verifyCase } from '@dicache/verify'
import { afterAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('./fixtures/', import.meta.url))
const runtime = await openRuntime({ device: 'cpu' })
const folders = await findCases(root)

afterAll(() => runtime.dispose())

test('every fixture folder but the bundled model’s is a case', async () => {
  expect(folders).toHaveLength((await readdir(root)).length - 1)
})

test.each(folders.map((folder) => [folder.slice(root.length), folder]))('%s', async (_, folder) => {
  const result = await verifyCase(folder, runtime)
  expect(result.error).toBeUndefined()
  expect(result.checks.filter(({ ok }) => !ok)).toEqual([])
  expect(result.status).not.toBe('failed')
})
