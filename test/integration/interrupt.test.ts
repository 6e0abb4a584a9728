/** Ctrl-C while something runs: once is a request, twice is the end. */
import type { ChildProcess } from 'node:child_process'
import { type FileHandle, open, readdir } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { temporaryFolder, type TemporaryFolder } from './temporary-folder.ts'
import { dicache, runProcess, WORKFLOW } from './terminal.ts'

let folder: TemporaryFolder
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(() => folder[Symbol.asyncDispose]())

/** Interrupts once, when stderr says the words. */
const interruptAt = (words: string) => (child: ChildProcess) => {
  let text = ''
  child.stderr?.on('data', (piece: string) => {
    if (text.includes(words)) return
    text += piece
    if (text.includes(words)) child.kill('SIGINT')
  })
}

it('ends a run between two steps with 130, says so, and leaves no file', async () => {
  const out = folder.at('out')
  const { code, stdout, stderr } = await dicache(
    ['run', WORKFLOW, '--set', 'steps=5000', '--out', out, '--json', '--home', folder.path],
    { onStart: interruptAt('DiCacheSampler:') },
  )
  expect(code).toBe(130)
  expect(JSON.parse(stdout)).toMatchObject({ status: 'cancelled', files: [] })
  expect(stderr).toContain('stopping; once more stops at once')
  expect(await readdir(out).catch(() => [])).toEqual([])
})

it('ends the waiting for the rest of a workflow on stdin', async () => {
  const { code, stdout, stderr } = await dicache(['run', '-', '--home', folder.path], {
    onStart(child) {
      // More than a pipe holds: when all of it is gone, it is being read. The pipe stays open.
      child.stdin?.write(' '.repeat(4_000_000), () => child.kill('SIGINT'))
    },
  })
  expect(code).toBe(130)
  expect(stdout).toBe('')
  expect(stderr).toBe('stopping; once more stops at once\nerror CANCELLED: The run was cancelled.\n')
})

it('a second one kills what does not end by itself', async () => {
  const pipe = folder.at('pipe')
  expect((await runProcess('mkfifo', [pipe])).code).toBe(0)
  let writer: Promise<FileHandle> | undefined
  const { signal, stderr } = await dicache(['run', pipe, '--home', folder.path], {
    onStart(child) {
      // The pipe opens when the program reads it. Nobody writes to it, and reading it blocks in the system.
      writer = open(pipe, 'w')
      void writer.then(() => {
        const again = setInterval(() => child.kill('SIGINT'), 100)
        child.on('exit', () => clearInterval(again))
      })
    },
  })
  await (await writer)?.close()
  expect(signal).toBe('SIGINT')
  expect(stderr).toBe('stopping; once more stops at once\n')
})
