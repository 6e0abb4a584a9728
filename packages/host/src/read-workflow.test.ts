import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readWorkflowFile } from './read-workflow.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'dicache-workflow-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('readWorkflowFile', () => {
  it('reads a file, and stdin as -', async () => {
    const file = path.join(folder, 'fox.json')
    await writeFile(file, '{"fox": "狐"}')
    expect(await readWorkflowFile(file)).toBe('{"fox": "狐"}')
    const bytes = Buffer.from('{"fox": "狐"}')
    // The character is cut in two by the pieces.
    expect(await readWorkflowFile('-', Readable.from([bytes.subarray(0, 10), bytes.subarray(10)]))).toBe(
      '{"fox": "狐"}',
    )
  })

  it('names a file that is not there, and refuses a folder', async () => {
    const file = path.join(folder, 'missing.json')
    await expect(readWorkflowFile(file)).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      message: `there is no file ${file}`,
    })
    await expect(readWorkflowFile(path.join(folder, 'a', 'b.json'))).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    })
    await expect(readWorkflowFile(folder)).rejects.toMatchObject({ code: 'UNSUPPORTED_FILE', exitCode: 2 })
  })

  it('reads no further than a workflow may go', async () => {
    const file = path.join(folder, 'weights.safetensors')
    await using handle = await open(file, 'w')
    await handle.truncate(64 * 2 ** 20 + 1) // takes no room on the disk
    await expect(readWorkflowFile(file)).rejects.toMatchObject({ code: 'TOO_LARGE', exitCode: 2 })
  })

  it('reads no further than that from an endless stdin', async () => {
    const piece = Buffer.alloc(2 ** 22)
    let pieces = 0
    const endless = new Readable({
      read() {
        pieces += 1
        this.push(piece)
      },
    })
    await expect(readWorkflowFile('-', endless)).rejects.toMatchObject({ code: 'TOO_LARGE' })
    expect(pieces).toBeLessThan(32)
    expect(endless.destroyed).toBe(true)
  })

  it('stops waiting for stdin when it is cancelled', async () => {
    const cancel = new AbortController()
    const reading = readWorkflowFile('-', new PassThrough(), cancel.signal)
    cancel.abort()
    await expect(reading).rejects.toMatchObject({ code: 'CANCELLED', exitCode: 130 })
  })
})
