import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { RunEvent, RunRecord } from '@dicache/protocol'
import { expect, it } from 'vitest'
import { documentOf, startTestServer, temporaryHome } from '../testing/test-server.ts'

/** One run of one saver on a server of its own. */
async function runOnce(
  home: string,
): Promise<{ readonly record: RunRecord; readonly types: readonly RunEvent['type'][] }> {
  await using server = await startTestServer({ home, cache: { diskBytes: 2 ** 20 } })
  const client = server.connect()
  const { runId } = await client.ask('run.submit', {
    document: documentOf({ 1: ['TestSave', { seed: 5, prefix: 'test', random: false }] }),
  })
  const events = await client.follow(runId)
  return {
    record: await client.ask('run.get', { runId }),
    types: events.map(({ type }) => type),
  }
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
