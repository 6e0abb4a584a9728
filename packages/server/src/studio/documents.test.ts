/** Saved workflows over HTTP: conditions, versions, and names that try to get out. */
import { mkdir, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ESCAPES, SECRET, startHostileHome } from '../testing/hostile-home.ts'
import { httpCall, type HttpAnswer } from '../testing/http-call.ts'
import type { TestServer } from '../testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startHostileHome()
})
afterAll(() => server[Symbol.asyncDispose]())

const urlOf = (file: string): string => `/documents/${encodeURIComponent(file)}`
const put = (
  file: string,
  value: unknown,
  headers: Record<string, string>,
  query = '',
): Promise<HttpAnswer> =>
  httpCall(server.url, `${urlOf(file)}${query}`, {
    method: 'PUT',
    headers,
    body: typeof value === 'string' ? value : JSON.stringify(value),
  })
const etagIn = (answer: HttpAnswer): string => (answer.json() as { etag: string }).etag
const codeIn = (answer: HttpAnswer): string => (answer.json() as { error: { type: string } }).error.type
const NEW = { 'If-None-Match': '*' }

type Listed = {
  readonly id: string
  readonly kind: string
  readonly savedAtMs: number
  readonly sizeBytes: number
}
const versions = async (file: string): Promise<readonly Listed[]> =>
  (await httpCall(server.url, `${urlOf(file)}/versions`)).json() as readonly Listed[]
const versionText = async (file: string, id: string): Promise<string> =>
  (await httpCall(server.url, `${urlOf(file)}/versions/${encodeURIComponent(id)}`)).text

describe('the list', () => {
  it('is empty before the first is saved, and has the newest first', async () => {
    const list = async (): Promise<readonly { readonly path: string }[]> => {
      const answer = await httpCall(server.url, '/documents')
      expect(answer.status).toBe(200)
      return answer.json() as readonly { readonly path: string }[]
    }
    expect(await list()).toEqual([])
    await put('list/one.json', { n: 1 }, NEW)
    await put('two.json', { n: 22 }, NEW)
    expect(await list()).toEqual([
      { path: 'two.json', sizeBytes: 8, modifiedMs: expect.any(Number) },
      { path: 'list/one.json', sizeBytes: 7, modifiedMs: expect.any(Number) },
    ])
    for (const file of ['list/one.json', 'two.json'])
      await httpCall(server.url, urlOf(file), { method: 'DELETE' })
    expect(await list()).toEqual([])
  })
})

describe('a document', () => {
  it('is written when it is what the writer has read, and not otherwise', async () => {
    const first = await put('a/one.json', { n: 1 }, NEW)
    expect([first.status, (await put('a/one.json', { n: 2 }, NEW)).status]).toEqual([200, 409])
    const read = await httpCall(server.url, urlOf('a/one.json'))
    expect([read.text, read.headers['etag']]).toEqual(['{"n":1}', etagIn(first)])
    const second = await put('a/one.json', { n: 2 }, { 'If-Match': etagIn(first) })
    expect(second.status).toBe(200)
    const late = await put('a/one.json', { n: 3 }, { 'If-Match': etagIn(first) })
    expect([late.status, codeIn(late)]).toEqual([412, 'document_changed'])
    expect((await httpCall(server.url, urlOf('a/one.json'))).text).toBe('{"n":2}')
    // A proxy on the way may have made the tag a weak one.
    expect((await put('a/one.json', { n: 4 }, { 'If-Match': `W/${etagIn(second)}` })).status).toBe(200)
    const blind = await put('a/one.json', { n: 5 }, {})
    expect([blind.status, codeIn(blind)]).toEqual([428, 'condition_missing'])
    expect((await put('a/one.json', { n: 6 }, {}, '?overwrite=true')).status).toBe(200)
    await httpCall(server.url, urlOf('a/one.json'), { method: 'DELETE' })
    const gone = await put('a/one.json', { n: 7 }, { 'If-Match': etagIn(second) })
    expect([gone.status, (await httpCall(server.url, urlOf('a/one.json'))).status]).toEqual([412, 404])
  })

  it('has one winner when many write at once, and the winner’s text', async () => {
    const etag = etagIn(await put('race.json', { n: 0 }, NEW))
    const texts = Array.from({ length: 12 }, (_, n) => JSON.stringify({ n: n + 1 }))
    const answers = await Promise.all(texts.map((text) => put('race.json', text, { 'If-Match': etag })))
    const winners = answers.flatMap(({ status }, at) => (status === 200 ? [at] : []))
    expect(winners).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(11)
    expect((await httpCall(server.url, urlOf('race.json'))).text).toBe(texts[winners[0] ?? 0])
    const files = await readdir(path.join(server.home, 'user/default/workflows'))
    expect(files.filter((name) => name.startsWith('.partial'))).toEqual([])
  })

  it('is a JSON object with a name that ends so', async () => {
    for (const body of ['', '{', '[]', '7', '{"a":1} x'])
      expect([body, (await put('bad.json', body, NEW)).status]).toEqual([body, 400])
    expect((await put('bad.json', `${'['.repeat(5000)}`, NEW)).status).toBe(400)
    for (const name of ['bad', 'bad.txt', '.json', 'x/.json', ''])
      expect([name, (await put(name, '{}', NEW)).status >= 400]).toEqual([name, true])
    expect((await put('bad.json', '{}', NEW, '?kind=evil')).status).toBe(400)
    expect((await httpCall(server.url, urlOf('bad.json'))).status).toBe(404)
  })

  it('is the file that ComfyUI’s clients see, and 64-bit numbers stay as they are written', async () => {
    await put('shared.json', '{"seed":18446744073709551615,"f":1.0}', NEW)
    const { text } = await httpCall(server.url, '/userdata/workflows%2Fshared.json')
    expect(text).toBe('{"seed":18446744073709551615,"f":1.0}')
  })
})

describe('versions', () => {
  it('hold every text that was saved, newest first, with who saved it', async () => {
    let etag = etagIn(await put('v.json', { n: 1 }, NEW))
    etag = etagIn(await put('v.json', { n: 2 }, { 'If-Match': etag }, '?kind=autosave'))
    // The same once more is no version of its own; the user's wish makes one of the editor's his.
    etag = etagIn(await put('v.json', { n: 2 }, { 'If-Match': etag }, '?kind=autosave'))
    expect((await versions('v.json')).map(({ kind }) => kind)).toEqual(['autosave', 'saved'])
    await put('v.json', { n: 2 }, { 'If-Match': etag })
    const list = await versions('v.json')
    expect(list.map(({ kind, sizeBytes }) => [kind, sizeBytes])).toEqual([
      ['saved', 7],
      ['saved', 7],
    ])
    expect(await Promise.all(list.map(({ id }) => versionText('v.json', id)))).toEqual(['{"n":2}', '{"n":1}'])
    expect(await versions('never.json')).toEqual([])
  })

  it('hold what others had put there before it was replaced', async () => {
    const file = path.join(server.home, 'user/default/workflows/other.json')
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, '{"by":"hand"}')
    await utimes(file, 1_700_000_000, 1_700_000_000)
    await put('other.json', { by: 'us' }, {}, '?overwrite=true')
    const list = await versions('other.json')
    expect(list.map(({ savedAtMs }) => savedAtMs)[1]).toBe(1_700_000_000_000)
    expect(await versionText('other.json', list[1]?.id ?? '')).toBe('{"by":"hand"}')
  })

  it('from before there were kinds are listed as saved, and other files are none', async () => {
    await put('old.json', { n: 1 }, NEW)
    const folder = path.join(server.home, 'user/default/versions/old')
    await writeFile(path.join(folder, '2020-01-31T12-00-00-000Z.json'), '{"n":0}')
    await writeFile(path.join(folder, 'notes.json'), '{}')
    await symlink(path.join(server.home, 'secret.png'), path.join(folder, '2020-01-31T13-00-00-000Z.json'))
    const list = await versions('old.json')
    expect(list.map(({ kind, savedAtMs }) => [kind, savedAtMs])).toEqual([
      ['saved', list[0]?.savedAtMs],
      ['saved', Date.UTC(2020, 0, 31, 12)],
    ])
    for (const id of ['notes.json', '../../../settings.json', '2020-01-31T13-00-00-000Z.json', '..', '']) {
      const { status, text } = await httpCall(
        server.url,
        `${urlOf('old.json')}/versions/${encodeURIComponent(id)}`,
      )
      expect([id, status >= 400 && status < 500]).toEqual([id, true])
      expect(text).not.toContain(SECRET)
    }
  })

  it('go with their document', async () => {
    await put('gone/x.json', { n: 1 }, NEW)
    expect(await versions('gone/x.json')).toHaveLength(1)
    const call = { method: 'DELETE' }
    expect((await httpCall(server.url, urlOf('gone/x.json'), call)).status).toBe(204)
    expect((await httpCall(server.url, urlOf('gone/x.json'), call)).status).toBe(404)
    expect(await versions('gone/x.json')).toEqual([])
  })
})

describe('the door', () => {
  it.each(ESCAPES)('gives, writes and deletes nothing at %.60s', async (raw) => {
    const name = raw.replaceAll('/', '%2F')
    for (const target of [`${name}`, `${name}.json`, `up%2F${name}.json`, `up%2Fx.json`]) {
      for (const method of ['GET', 'PUT', 'DELETE']) {
        const { status, text } = await httpCall(server.url, `/documents/${target}?overwrite=true`, { method })
        expect([method, target, status >= 400 && status < 500]).toEqual([method, target, true])
        expect(text).not.toContain(SECRET)
      }
      const list = await httpCall(server.url, `/documents/${target}/versions`)
      expect(list.text).not.toContain(SECRET)
      expect(list.status).toBeLessThan(500)
    }
    expect(await readFile(path.join(server.home, 'secret.png'), 'utf8')).toBe(SECRET)
  })

  it('is closed for pages of others', async () => {
    const etag = etagIn(await put('mine.json', { n: 1 }, NEW))
    for (const headers of [{ Origin: 'http://evil.example' }, { 'Sec-Fetch-Site': 'cross-site' }]) {
      const call = { ...headers, 'If-Match': etag }
      expect((await put('mine.json', { n: 2 }, call)).status).toBe(403)
      expect(
        (await httpCall(server.url, urlOf('mine.json'), { method: 'DELETE', headers: call })).status,
      ).toBe(403)
      expect((await httpCall(server.url, urlOf('mine.json'), { headers: call })).status).toBe(403)
    }
    expect((await httpCall(server.url, urlOf('mine.json'))).text).toBe('{"n":1}')
  })
})
