/** Deleting runs with their files: what they saved goes, and nothing else does. */
import { lstat, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import path from 'node:path'
import type { RunOutput } from '@dicache/protocol'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ESCAPES } from '../testing/hostile-home.ts'
import { httpCall, type HttpAnswer } from '../testing/http-call.ts'
import {
  documentOf,
  startTestServer,
  stepsOf,
  type TestClient,
  type TestServer,
} from '../testing/test-server.ts'
import { deleteOutputs } from './delete-outputs.ts'

let server: TestServer
let client: TestClient
let output: string
beforeAll(async () => {
  server = await startTestServer()
  client = server.connect()
  output = path.join(server.home, 'output')
})
afterAll(() => server[Symbol.asyncDispose]())

/** Runs a saver to its end. */
async function saved(prefix: string, seed = 5): Promise<{ readonly runId: string; readonly file: string }> {
  const { runId } = await client.ask('run.submit', {
    document: documentOf({ 1: ['TestSave', { seed, prefix, random: false }] }),
  })
  await client.follow(runId)
  const { outputs } = await client.ask('run.get', { runId })
  const [file] = outputs
  return { runId, file: path.join(output, file?.subfolder ?? '', file?.filename ?? '') }
}

const remove = (runId: string, query = '?files=true', headers = {}): Promise<HttpAnswer> =>
  httpCall(server.url, `/history/${encodeURIComponent(runId)}${query}`, { method: 'DELETE', headers })
const there = (file: string): Promise<boolean> =>
  lstat(file).then(
    () => true,
    () => false,
  )
const known = async (runId: string): Promise<boolean> =>
  (await client.ask('history.list', { limit: 100 })).runs.some((run) => run.runId === runId)

describe('a run', () => {
  it('goes with its files when that is asked for, and without them otherwise', async () => {
    const [one, two] = [await saved('a/one', 1), await saved('a/two', 2)]
    expect((await remove(one.runId, '')).json()).toEqual({ deleted: true, files: [] })
    expect([await there(one.file), await known(one.runId)]).toEqual([true, false])
    const answer = await remove(two.runId)
    expect(answer.json()).toEqual({
      deleted: true,
      files: [{ file: path.relative(output, two.file), outcome: 'deleted' }],
    })
    expect([await there(two.file), await known(two.runId)]).toEqual([false, false])
    expect((await remove(two.runId)).status).toBe(404)
  })

  it('saves its file again when it runs once more', async () => {
    const { runId, file } = await saved('again', 3)
    await remove(runId)
    const second = await saved('again', 3)
    expect(await readFile(second.file, 'utf8')).toBe('seed 3')
    expect(await there(file)).toBe(second.file === file)
  })

  it('whose file is gone already goes all the same', async () => {
    const { runId, file } = await saved('gone', 4)
    await rm(file)
    expect((await remove(runId)).json()).toMatchObject({ deleted: true, files: [{ outcome: 'missing' }] })
    expect(await known(runId)).toBe(false)
  })

  it('that has not ended stays', async () => {
    const { runId } = await client.ask('run.submit', { document: stepsOf({ steps: 1000, stepMs: 5 }) })
    expect((await remove(runId)).status).toBe(409)
    await client.ask('run.cancel', { runId })
  })
})

describe('a file', () => {
  it('that was changed since stays, and so does the run, which says so', async () => {
    const { runId, file } = await saved('mine', 6)
    await writeFile(file, 'seed 7')
    expect((await remove(runId)).json()).toMatchObject({
      deleted: false,
      files: [{ outcome: 'kept', reason: 'It was changed since the run saved it.' }],
    })
    expect([await there(file), await known(runId)]).toEqual([true, true])
    expect((await remove(runId, '?files=false')).json()).toEqual({ deleted: true, files: [] })
  })

  it('behind a link stays, whether the link is the file or a folder', async () => {
    const { runId, file } = await saved('linked/x', 8)
    const aside = path.join(server.home, 'aside.txt')
    await rename(file, aside)
    await symlink(aside, file)
    expect((await remove(runId)).json()).toMatchObject({ deleted: false, files: [{ outcome: 'kept' }] })
    expect([await there(aside), await there(file)]).toEqual([true, true])
    const folder = path.dirname(file)
    await rm(folder, { recursive: true })
    await mkdir(path.join(server.home, 'elsewhere'))
    await rename(aside, path.join(server.home, 'elsewhere', path.basename(file)))
    await symlink(path.join(server.home, 'elsewhere'), folder)
    expect((await remove(runId)).json()).toMatchObject({ deleted: false, files: [{ outcome: 'kept' }] })
    expect(await there(path.join(server.home, 'elsewhere', path.basename(file)))).toBe(true)
  })
})

describe('records that lie', () => {
  let outside: string
  beforeEach(async () => {
    outside = path.join(server.home, 'seed.txt')
    await writeFile(outside, 'seed 5')
  })
  const lie = (fields: Partial<RunOutput>): RunOutput => ({
    nodeId: '1',
    filename: 'seed.txt',
    subfolder: '',
    type: 'output',
    sizeBytes: 6,
    sha256: createHash('sha256').update('seed 5').digest('hex'),
    ...fields,
  })

  it.each([
    lie({ subfolder: '..' }),
    lie({ subfolder: 'a/../..' }),
    lie({ subfolder: '/etc', filename: 'passwd' }),
    lie({ filename: '../seed.txt' }),
    lie({ filename: '..' }),
    lie({ filename: '' }),
    lie({ filename: '.', subfolder: 'a' }),
    lie({ filename: 'seed.txt\0.png' }),
    lie({ type: 'input' }),
    lie({ type: 'temp' }),
  ])('delete nothing: %o', async (fields) => {
    const [answer] = await deleteOutputs(output, [fields])
    expect(answer?.outcome).toBe('kept')
    expect(await there(outside)).toBe(true)
  })

  it('of a folder, of nothing, and twice the same', async () => {
    await mkdir(path.join(output, 'folder'), { recursive: true })
    const answers = await deleteOutputs(output, [
      lie({ filename: 'folder' }),
      lie({ filename: 'none.txt' }),
      lie({ filename: 'none.txt' }),
    ])
    expect(answers.map(({ outcome }) => outcome)).toEqual(['kept', 'missing'])
  })
})

describe('the door', () => {
  it('is closed for pages of others, and a GET changes nothing', async () => {
    const { runId, file } = await saved('door', 9)
    for (const headers of [
      { Origin: 'http://evil.example' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { Host: 'evil.example' },
    ])
      expect((await remove(runId, '?files=true', headers)).status).toBe(403)
    await httpCall(server.url, `/history/${runId}?files=true`)
    await httpCall(server.url, `/history/${runId}?files=true`, { method: 'POST' })
    expect([await there(file), await known(runId)]).toEqual([true, true])
  })

  it.each(ESCAPES)('finds no run %.60s', async (name) => {
    const { status } = await httpCall(server.url, `/history/${name.replaceAll('/', '%2F')}?files=true`, {
      method: 'DELETE',
    })
    expect(status >= 400 && status < 500).toBe(true)
  })

  it('takes no wish that is none', async () => {
    const { runId, file } = await saved('wish', 10)
    for (const query of ['?files=1', '?files=', '?files=TRUE', '?files=true%00'])
      expect((await remove(runId, query)).status).toBe(400)
    expect(await there(file)).toBe(true)
  })
})
