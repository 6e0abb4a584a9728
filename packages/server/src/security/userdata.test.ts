/** What editors keep, models and settings: nothing outside their folders, and no configuration. */
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ESCAPES, expectRefused, SECRET, startHostileHome } from '../testing/hostile-home.ts'
import { httpCall, postJson } from '../testing/http-call.ts'
import type { TestServer } from '../testing/test-server.ts'

let server: TestServer
let home: string
beforeAll(async () => {
  server = await startHostileHome()
  home = server.home
})
afterAll(() => server[Symbol.asyncDispose]())

describe('userdata', () => {
  it.each(ESCAPES.filter((name) => !name.includes('%5Binput') && !name.includes('%5Boutput')))(
    'neither gives, keeps, moves nor deletes %.60s',
    async (raw) => {
      const name = raw.replaceAll('/', '%2F')
      await expectRefused(server.url, `/userdata/${name}`)
      await expectRefused(server.url, `/userdata?dir=${name}`)
      await expectRefused(server.url, `/v2/userdata?path=${name}`)
      for (const [method, target] of [
        ['DELETE', `/userdata/${name}`],
        ['POST', `/userdata/a.txt/move/${name}?overwrite=false`],
      ] as const) {
        const { status } = await httpCall(server.url, target, { method })
        // Names that stay inside may be written to.
        if (method === 'DELETE' || !(await isInside(name))) {
          expect([method, target, status >= 400 && status < 500]).toEqual([method, target, true])
        }
      }
      expect(await readFile(path.join(home, 'secret.png'), 'utf8')).toBe(SECRET)
    },
  )

  it.each(['..%2Fsettings.json', '..%2Fusers.json', '..%2F..%2Fstate.sqlite', 'up%2Fuser%2Fsettings.json'])(
    'does not reach the configuration as %s',
    async (name) => {
      for (const method of ['GET', 'POST', 'DELETE']) {
        const { status } = await httpCall(server.url, `/userdata/${name}`, { method })
        expect([method, status]).toEqual([method, 403])
      }
    },
  )

  it('keeps, lists, moves and deletes files', async () => {
    const put = (file: string, body: string, query = '') =>
      httpCall(server.url, `/userdata/${encodeURIComponent(file)}${query}`, { method: 'POST', body })
    expect((await put('workflows/one.json', '{"nodes":[]}')).json()).toBe('workflows/one.json')
    expect((await put('workflows/one.json', '{}', '?overwrite=false')).status).toBe(409)
    expect((await put('workflows/deep/two.json', '{}', '?full_info=true')).json()).toMatchObject({
      path: 'workflows/deep/two.json',
      size: 2,
      modified: expect.any(Number),
    })
    const list = async (query: string): Promise<unknown> =>
      (await httpCall(server.url, `/userdata?${query}`)).json()
    expect(await list('dir=workflows')).toEqual(['one.json'])
    expect(await list('dir=workflows&recurse=true')).toEqual(['deep/two.json', 'one.json'])
    expect(await list('dir=workflows&recurse=true&split=true')).toEqual([
      ['deep/two.json', 'deep', 'two.json'],
      ['one.json', 'one.json'],
    ])
    expect((await httpCall(server.url, '/v2/userdata?path=workflows')).json()).toMatchObject([
      { name: 'deep', path: 'workflows/deep', type: 'directory' },
      { name: 'two.json', path: 'workflows/deep/two.json', type: 'file', size: 2 },
      { name: 'one.json', path: 'workflows/one.json', type: 'file', size: 12 },
    ])
    expect((await httpCall(server.url, '/userdata/workflows%2Fone.json')).text).toBe('{"nodes":[]}')
    const move = (query: string) =>
      httpCall(server.url, `/userdata/workflows%2Fone.json/move/workflows%2Fthree.json${query}`, {
        method: 'POST',
      })
    expect((await move('')).json()).toBe('workflows/three.json')
    expect((await move('')).status).toBe(404)
    await put('workflows/one.json', '1')
    expect((await move('?overwrite=false')).status).toBe(409)
    expect((await httpCall(server.url, '/userdata/workflows%2Fone.json')).text).toBe('1')
    const gone = await httpCall(server.url, '/userdata/workflows%2Fthree.json', { method: 'DELETE' })
    expect([gone.status, gone.text]).toEqual([204, ''])
    expect((await httpCall(server.url, '/userdata/workflows%2Fthree.json')).status).toBe(404)
    // Moved to where it cannot be, it stays where it is.
    for (const query of ['', '?overwrite=false']) {
      const onto = await httpCall(
        server.url,
        `/userdata/workflows%2Fone.json/move/workflows%2Fdeep${query}`,
        {
          method: 'POST',
        },
      )
      expect(onto.status).toBe(query === '' ? 400 : 409)
      const below = `/userdata/workflows%2Fone.json/move/workflows%2Fone.json%2Fx${query}`
      expect((await httpCall(server.url, below, { method: 'POST' })).status).toBe(400)
      const itself = `/userdata/workflows%2Fone.json/move/workflows%2Fone.json${query}`
      expect((await httpCall(server.url, itself, { method: 'POST' })).status).toBe(query === '' ? 200 : 409)
      expect((await httpCall(server.url, '/userdata/workflows%2Fone.json')).text).toBe('1')
    }
    // A folder is no file, and a file no folder.
    expect((await put('workflows', 'x')).status).toBe(400)
    expect((await put('workflows/one.json/x', 'x')).status).toBe(400)
    expect((await httpCall(server.url, '/userdata/workflows', { method: 'DELETE' })).status).toBe(404)
  })

  it('serves a page that somebody keeps there as bytes to save', async () => {
    await httpCall(server.url, '/userdata/x.html', { method: 'POST', body: '<script>1</script>' })
    const { headers } = await httpCall(server.url, '/userdata/x.html')
    expect(headers['content-type']).toBe('application/octet-stream')
    expect(headers['content-disposition']).toMatch(/^attachment/)
    expect(headers['x-content-type-options']).toBe('nosniff')
  })
})

async function isInside(name: string): Promise<boolean> {
  const text =
    URL.canParse(`http://x/${name}`) && !name.endsWith('%')
      ? decodeURIComponent(name.replaceAll('%C0%AE', ''))
      : ''
  return /^[^.\\/:\0][^\\:\0]*$/.test(text) && text.length < 256 && !/(^|\/)(link\.png|up|\.\.)/.test(text)
}

describe('models', () => {
  it.each(ESCAPES)('neither lists nor opens %.60s', async (raw) => {
    const name = raw.replaceAll('/', '%2F')
    await expectRefused(server.url, `/models/${name}`)
    await expectRefused(server.url, `/experiment/models/${name}`)
    await expectRefused(server.url, `/view_metadata/vae?filename=${raw}`)
    await expectRefused(server.url, `/view_metadata/${name}?filename=a`)
    await expectRefused(server.url, `/experiment/models/preview/vae/0/${name}`)
    await expectRefused(server.url, `/experiment/models/preview/${name}/0/a`)
    await expectRefused(server.url, `/experiment/models/preview/vae/${name}/a`)
  })

  it('reads what a file says of itself, and the picture beside it', async () => {
    const header = Buffer.from(
      '{"__metadata__":{"made":"by hand"},"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}',
    )
    const length = Buffer.alloc(8)
    length.writeBigUInt64LE(BigInt(header.length))
    await writeFile(path.join(home, 'models/vae/x.safetensors'), Buffer.concat([length, header]))
    await writeFile(path.join(home, 'models/vae/broken.safetensors'), Buffer.alloc(40, 255))
    await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
      .png()
      .toFile(path.join(home, 'models/vae/x.preview.png'))
    expect((await httpCall(server.url, '/view_metadata/vae?filename=x.safetensors')).json()).toEqual({
      made: 'by hand',
    })
    expect((await httpCall(server.url, '/view_metadata/vae?filename=broken.safetensors')).status).toBe(404)
    const picture = await httpCall(server.url, '/experiment/models/preview/vae/0/x.safetensors')
    expect([picture.status, picture.headers['content-type']]).toEqual([200, 'image/webp'])
    expect((await httpCall(server.url, '/experiment/models/preview/vae/0/broken.safetensors')).status).toBe(
      404,
    )
  })
})

describe('users and settings', () => {
  it('adds no user twice, nor one whose name begins with underscores', async () => {
    expect((await postJson(server.url, '/users', { username: 'ada' })).json()).toMatch(/^ada_/)
    expect((await postJson(server.url, '/users', { username: 'ada' })).json()).toEqual({
      error: 'Duplicate username.',
    })
    for (const body of [{ username: '__system' }, { username: '' }, { username: 7 }, [], null, '{'])
      expect((await postJson(server.url, '/users', body)).status).toBe(400)
  })

  it('keeps settings as they were written, and no poison', async () => {
    expect(
      (await postJson(server.url, '/settings', '{"a":1,"big":18446744073709551615,"f":1.0}')).status,
    ).toBe(200)
    await postJson(server.url, '/settings/b.c', '"x\\r\\ny"')
    await postJson(server.url, '/settings', '{"__proto__":{"polluted":1},"constructor":1}')
    expect((await httpCall(server.url, '/settings')).text).toBe(
      `{"secret":"${SECRET}","a":1,"big":18446744073709551615,"f":1.0,"b.c":"x\\r\\ny"}`,
    )
    expect((await httpCall(server.url, '/settings/nothing')).text).toBe('null')
    expect((await httpCall(server.url, '/settings/toString')).text).toBe('null')
    for (const body of ['[]', 'null', '{', '7', ''])
      expect((await postJson(server.url, '/settings', body)).status).toBe(400)
    expect((await postJson(server.url, '/settings/__proto__', '1')).status).toBe(400)
  })
})
