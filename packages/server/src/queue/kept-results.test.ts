import { createHash } from 'node:crypto'
import { mkdir, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { RunEvent, RunRecord } from '@dicache/protocol'
import { expect, it, vi } from 'vitest'
import { documentOf, startTestServer, temporaryHome } from '../testing/test-server.ts'

const SAVER = documentOf({ 1: ['TestSave', { seed: 5, prefix: 'test', random: false }] })

/** One run on a server of its own. */
async function runOnce(
  home: string,
  document: string = SAVER,
): Promise<{ readonly record: RunRecord; readonly types: readonly RunEvent['type'][] }> {
  await using server = await startTestServer({ home, cache: { diskBytes: 2 ** 20 } })
  const client = server.connect()
  const { runId } = await client.ask('run.submit', { document })
  const events = await client.follow(runId)
  // Files are hashed beside the run.
  const recordOf = (): Promise<RunRecord> => client.ask('run.get', { runId })
  await vi.waitUntil(async () => (await recordOf()).models.every(({ sha256 }) => sha256 !== undefined))
  return { record: await recordOf(), types: events.map(({ type }) => type) }
}

it('takes results of an earlier server from the disk, and names their files as if they were new', async () => {
  await using place = await temporaryHome()
  const first = await runOnce(place.home)
  const second = await runOnce(place.home)
  expect(first.types).toContain('node.finished')
  expect(second.types).not.toContain('node.finished')
  expect(second.record.outputs).toEqual(first.record.outputs)
  expect(second.record.outputs).toMatchObject([
    { nodeId: '1', sha256: createHash('sha256').update('seed 5').digest('hex'), sizeBytes: 6 },
  ])
})

it('makes a file again that was changed in between', async () => {
  await using place = await temporaryHome()
  const { record } = await runOnce(place.home)
  const [file] = record.outputs
  await writeFile(path.join(place.home, 'output', file?.filename ?? ''), 'other bytes')
  expect((await runOnce(place.home)).types).toContain('node.finished')
})

it('names the weight files of results that it takes from the disk, and never the hash of one that was replaced', async () => {
  await using place = await temporaryHome()
  const file = path.join(place.home, 'models/vae/a.safetensors')
  await mkdir(path.dirname(file), { recursive: true })
  const document = documentOf({
    1: ['TestWeights', { name: 'a.safetensors' }],
    2: ['TestSave', { seed: 5, prefix: 'test', random: false, after: ['1', 0] }],
  })
  const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')
  const named = (text: string): object[] => [
    { folder: 'vae', name: 'a.safetensors', sizeBytes: text.length, sha256: hashOf(text) },
  ]
  await writeFile(file, 'weights')
  expect((await runOnce(place.home, document)).record.models).toMatchObject(named('weights'))
  const cached = await runOnce(place.home, document)
  expect(cached.types).not.toContain('node.started')
  expect(cached.record.models).toMatchObject(named('weights'))

  await writeFile(file, 'replaced')
  await utimes(file, 1, 1)
  const replaced = await runOnce(place.home, document)
  expect(replaced.types).toContain('node.started')
  expect(replaced.record.models).toMatchObject(named('replaced'))
  expect((await runOnce(place.home, document)).record.models).toMatchObject(named('replaced'))
})
