import { execFile, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { watch } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { acquireLock } from '../../scripts/setup/lock.mjs'
import { temporaryFolder } from './temporary-folder.ts'

const LOCK_MODULE = fileURLToPath(new URL('../../scripts/setup/lock.mjs', import.meta.url))
const quick = { pollMs: 5 }

describe('acquireLock', () => {
  test('lets the next one in when it is given back', async () => {
    using folder = temporaryFolder()
    const file = path.join(folder.path, 'lock')
    const order: string[] = []
    const release = await acquireLock(file, quick)
    const { promise: waiting, resolve: onWait } = Promise.withResolvers<unknown>()
    const second = acquireLock(file, { ...quick, onWait }).then((releaseSecond) => {
      order.push('second')
      return releaseSecond
    })
    expect(await waiting).toMatchObject({ pid: process.pid })
    order.push('released')
    release()
    const releaseSecond = await second
    expect(order).toEqual(['released', 'second'])
    expect(existsSync(file)).toBe(true)
    releaseSecond()
    expect(existsSync(file)).toBe(false)
  })

  test('is given back by its holder only', async () => {
    using folder = temporaryFolder()
    const file = path.join(folder.path, 'lock')
    const release = await acquireLock(file, quick)
    writeFileSync(file, 'someone else')
    release()
    expect(readFileSync(file, 'utf8')).toBe('someone else')
  })

  test('does not wait for a process that is gone', async () => {
    using folder = temporaryFolder()
    const file = path.join(folder.path, 'lock')
    const { pid } = spawnSync(process.execPath, ['--version'])
    writeFileSync(file, JSON.stringify({ pid, host: os.hostname(), token: 'dead' }))
    const release = await acquireLock(file, { ...quick, onWait: () => expect.unreachable('it waited') })
    expect(readFileSync(file, 'utf8')).toContain(`"pid":${process.pid}`)
    release()
  })

  test('waits for a silent holder elsewhere only so long', async () => {
    using folder = temporaryFolder()
    const file = path.join(folder.path, 'lock')
    writeFileSync(file, JSON.stringify({ pid: process.pid, host: 'another-machine', token: 'silent' }))
    let waited = false
    const onWait = (): void => void (waited = true)
    const release = await acquireLock(file, { ...quick, staleMs: 60, onWait })
    expect(waited).toBe(true)
    expect(readFileSync(file, 'utf8')).not.toContain('silent')
    release()
  })

  test('keeps a holder that shows signs of life', async () => {
    using folder = temporaryFolder()
    const file = path.join(folder.path, 'lock')
    const silence = { ...quick, staleMs: 100 } // the holder touches the file every 25 ms
    const release = await acquireLock(file, silence)
    let taken = false
    const second = acquireLock(file, silence).then((releaseSecond) => {
      taken = true
      releaseSecond()
    })
    let touches = 0
    for await (const _ of watch(file)) if ((touches += 1) > 12) break
    expect(taken).toBe(false)
    release()
    await second
  })

  test('lets many processes past one at a time, dead holder first', async () => {
    using folder = temporaryFolder()
    const file = path.join(folder.path, 'lock')
    const counter = path.join(folder.path, 'counter')
    writeFileSync(counter, '0')
    writeFileSync(
      file,
      JSON.stringify({
        pid: spawnSync(process.execPath, ['--version']).pid,
        host: os.hostname(),
        token: 'dead',
      }),
    )
    const program = `
      import { readFileSync, writeFileSync } from 'node:fs'
      const [, module, file, counter] = process.argv
      const { acquireLock } = await import(module)
      for (let turn = 0; turn < 20; turn += 1) {
        const release = await acquireLock(file, { pollMs: 1 })
        const before = Number(readFileSync(counter, 'utf8'))
        await new Promise((resolve) => setImmediate(resolve))
        writeFileSync(counter, String(before + 1))
        release()
      }`
    const args = ['--input-type=module', '-e', program, LOCK_MODULE, file, counter]
    await Promise.all(Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, args)))
    expect(readFileSync(counter, 'utf8')).toBe('80')
  })
})
