/** What goes to stdout and stderr when things are not as usual. */
import { writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder, type TemporaryFolder } from './temporary-folder.ts'
import { DICACHE, dicache, runProcess, WORKFLOW } from './terminal.ts'
import { fileOf, floats } from './weight-files.ts'

let folder: TemporaryFolder
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(() => folder[Symbol.asyncDispose]())

const shell = (script: string) => runProcess('sh', ['-c', script, 'sh', ...DICACHE])

describe('stdout', () => {
  it('may be closed by a reader that has seen enough', async () => {
    const { code, stderr } = await shell(
      'set -e; { "$@" nodes --json; echo "ended with $?" >&2; } | head -c 1',
    )
    expect(code).toBe(0)
    expect(stderr).toBe('ended with 0\n')
  })

  it.runIf(process.platform === 'linux')('may be full: the run fails and says so on stderr', async () => {
    const { code, stderr } = await shell('"$@" nodes > /dev/full')
    expect(code).toBe(1)
    expect(stderr).toMatch(/^error DISK_FULL: The disk is full\..*\n$/)
  })
})

describe('a message', () => {
  it('is one line, whatever the document holds', async () => {
    const file = folder.at('lines.json')
    await writeFile(file, '{\n  "nodes": [\n    fox,\n    \u001B[31mred\n]}')
    const { code, stdout, stderr } = await dicache(['run', file])
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^error NOT_JSON: This is not JSON: [^\n]*\n$/)
    expect(stderr).not.toContain('\u001B')
  })

  it('shows no escape sequence of a weight file', async () => {
    const file = folder.at('odd.safetensors')
    await writeFile(file, fileOf({ 'a\u001B]0;title\u0007\nb': floats([1], () => 0) }))
    const { code, stdout } = await dicache(['models', file])
    expect(code).toBe(0)
    expect(stdout).toContain('of no family this version knows')
    expect(Array.from(stdout).filter((character) => character < ' ' && character !== '\n')).toEqual([])
  })
})

describe('run and validate of a document with several faults', () => {
  const settings = ['--set', 'steps=0', '--set', 'cfg=1000', '--set', '1.model=emojy', '--set', 'sise=1']
  const codes = ['VALUE_OUT_OF_RANGE', 'VALUE_OUT_OF_RANGE', 'VALUE_NOT_IN_LIST', 'UNKNOWN_SETTING']

  it('run tells all of them on stderr, each with its node', async () => {
    const { code, stdout, stderr } = await dicache(['run', WORKFLOW, ...settings])
    expect(code).toBe(2)
    expect(stdout).toBe('')
    const told = stderr.trimEnd().split('\n')
    expect(told.map((line) => /^error (\w+)/.exec(line)?.[1] ?? '').toSorted(byName)).toEqual(
      codes.toSorted(byName),
    )
    expect(stderr).toMatch(/^error VALUE_NOT_IN_LIST at node 1: .*"emojy".*Did you mean "emoji"\?/m)
  })

  it('run --json has all of them in its one document', async () => {
    const { code, stdout } = await dicache(['run', WORKFLOW, ...settings, '--json'])
    expect(code).toBe(2)
    const { status, problems } = JSON.parse(stdout) as { status: string; problems: { code: string }[] }
    expect(status).toBe('refused')
    expect(problems.map((problem) => problem.code).toSorted()).toEqual(codes.toSorted())
  })

  it('validate tells them as its result', async () => {
    const { code, stdout, stderr } = await dicache(['validate', WORKFLOW, ...settings])
    expect(code).toBe(2)
    expect(stdout.trimEnd().split('\n')).toHaveLength(codes.length)
    expect(stderr).toBe('')
  })
})

function byName(a: string, b: string): number {
  return a.localeCompare(b)
}
