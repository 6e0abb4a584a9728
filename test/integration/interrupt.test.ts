/** Ctrl-C while something runs: once is a request, twice is the end. */
import type { ChildProcess } from 'node:child_process'
import { readdir } from 'node:fs/promises'
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
  expect(stderr).toContain('cancelling; once more stops at once')
  expect(await readdir(out).catch(() => [])).toEqual([])
})

it('ends the waiting for a workflow on stdin', async () => {
  const { code, stderr } = await dicache(['run', '-', '--home', folder.path], {
    onStart(child) {
      // The pipe stays open: a workflow may still come. It is being read once its first piece is taken.
      child.stdin?.write('{', () => child.kill('SIGINT'))
    },
  })
  expect([0, 1]).not.toContain(code)
  expect(stderr).not.toMatch(/^\s+at /m)
})

it('a second one kills what does not end by itself', async () => {
  // Opening a pipe that nobody writes to blocks in the system, where no request is heard.
  const pipe = folder.at('pipe')
  expect((await runProcess('mkfifo', [pipe])).code).toBe(0)
  const { signal, stderr } = await dicache(['run', pipe, '--home', folder.path], {
    onStart(child) {
      const again = setInterval(() => child.kill('SIGINT'), 100)
      child.on('exit', () => clearInterval(again))
    },
  })
  expect(signal).toBe('SIGINT')
  expect(stderr.split('cancelling').length).toBeLessThanOrEqual(2)
})
