/** Files in and out: nothing outside the folders, nothing active, whatever the names are. */
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { httpCall, postForm, postJson } from '../testing/http-call.ts'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
let home: string
const SECRET = 'this is nobody’s business'

beforeAll(async () => {
  server = await startTestServer()
  home = server.home
  for (const folder of ['input/sub', 'output/sub', 'temp', 'user/default/workflows', 'models/vae'])
    await mkdir(path.join(home, folder), { recursive: true })
  await writeFile(path.join(home, 'secret.png'), SECRET)
  await writeFile(path.join(home, 'user', 'settings.json'), JSON.stringify({ secret: SECRET }))
  for (const folder of ['input', 'output', 'user/default']) {
    await symlink(path.join(home, 'secret.png'), path.join(home, folder, 'link.png'))
    await symlink(home, path.join(home, folder, 'up'))
    await writeFile(path.join(home, folder, 'a.txt'), 'fine')
  }
  await writeFile(path.join(home, 'output', 'sub', 'b.txt'), 'fine')
})
afterAll(() => server[Symbol.asyncDispose]())

/** Names that lead out, as they stand in a URL. */
const ESCAPES = [
  '../secret.png',
  '..%2Fsecret.png',
  '%2e%2e%2fsecret.png',
  '%252e%252e%252fsecret.png',
  '..%252fsecret.png',
  '..%5Csecret.png',
  '..\\secret.png'.replaceAll('\\', '%5c'),
  'sub%2F..%2F..%2Fsecret.png',
  'sub/../../secret.png',
  '%2Fetc%2Fpasswd',
  'C%3A%5Cwindows%5Cwin.ini',
  'C%3Asecret.png',
  '%00secret.png',
  'a.txt%00.png',
  '../secret.png%20%5Binput%5D',
  '..%2Fsecret.png%20%5Boutput%5D',
  'link.png',
  'up%2Fsecret.png',
  'up%2Foutput%2Fa.txt%2F..%2F..%2Fsecret.png',
  `${'a'.repeat(300)}.png`,
  `${'a%2F'.repeat(600)}a.png`,
  '%EF%BC%8E%EF%BC%8E%2Fsecret.png',
  '.%2F.%2F..%2Fsecret.png',
  '....%2F%2F....%2F%2Fsecret.png',
  '%C0%AE%C0%AE%2Fsecret.png',
  '%',
]

async function expectRefused(target: string): Promise<void> {
  const { status, text, headers } = await httpCall(server.url, target)
  expect([target, status >= 400 && status < 500]).toEqual([target, true])
  expect(text).not.toContain(SECRET)
  expect(text).not.toContain('root:')
  expect(headers['content-type']).toMatch(/^application\/json/)
}

describe('/view', () => {
  it.each(ESCAPES)('does not give filename=%s', async (name) => {
    await expectRefused(`/view?filename=${name}`)
    await expectRefused(`/view?filename=${name}&type=input`)
    await expectRefused(`/api/view?filename=${name}&preview=webp`)
    await expectRefused(
      `/view?filename=secret.png&subfolder=${name.replace(/%2Fsecret\.png|\/secret\.png/i, '')}`,
    )
  })

  it.each([
    ['/view', 404],
    ['/view?filename=', 400],
    ['/view?filename=nothing.png', 404],
    ['/view?filename=a.txt&type=models', 400],
    ['/view?filename=%2Fa.txt', 400],
    ['/view?filename=..%2Fa.txt', 400],
    ['/view?filename=a.txt&subfolder=..', 403],
    ['/view?filename=secret.png&subfolder=up', 403],
    ['/view?filename=sub', 404],
    ['/view?filename=a.txt&preview=tiff', 400],
    ['/view?filename=a.txt&preview=webp', 415],
    ['/view?filename=a.txt&channel=a', 415],
    ['/view?filename=a.txt', 200],
    ['/view?filename=b.txt&subfolder=sub', 200],
    ['/view?filename=a.txt%20%5Binput%5D', 200],
    ['/view?filename=a.txt&clientId=x&rand=0.1', 200],
  ])('answers %s with %i', async (target, status) => {
    expect((await httpCall(server.url, target)).status).toBe(status)
  })

  it.each([
    'svg',
    'html',
    'htm',
    'xhtml',
    'xml',
    'js',
    'mjs',
    'css',
    'SVG',
    'HtMl',
    'unknown',
    'pdf',
    'wasm',
  ])('serves .%s as bytes to save, and lets it run nothing', async (extension) => {
    const body = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    await writeFile(path.join(home, 'output', `active.${extension}`), body)
    const { status, headers } = await httpCall(server.url, `/view?filename=active.${extension}`)
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('application/octet-stream')
    expect(headers['content-disposition']).toBe(`attachment; filename="active.${extension}"`)
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['content-security-policy']).toMatch(/sandbox/)
  })

  it('serves a script that calls itself a picture as a picture', async () => {
    await writeFile(path.join(home, 'output', 'lie.png'), '<script>alert(1)</script>')
    const { headers } = await httpCall(server.url, '/view?filename=lie.png')
    expect(headers['content-type']).toBe('image/png')
    expect(headers['x-content-type-options']).toBe('nosniff')
  })

  it('re-encodes no SVG, whatever it is called, and no picture of too many pixels', async () => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file://${home}/secret.png"/></svg>`
    await writeFile(path.join(home, 'output', 'svg.png'), svg)
    expect((await httpCall(server.url, '/view?filename=svg.png&preview=webp')).status).toBe(415)
    const bomb = await sharp({ create: { width: 12_000, height: 9_000, channels: 3, background: 'red' } })
      .png({ compressionLevel: 9 })
      .toBuffer()
    await writeFile(path.join(home, 'output', 'bomb.png'), bomb)
    for (const wish of ['preview=webp', 'channel=rgb', 'channel=a']) {
      const { status } = await httpCall(server.url, `/view?filename=bomb.png&${wish}`)
      expect([wish, status >= 400 && status < 500]).toEqual([wish, true])
    }
  })

  it('lets no name break a header', async () => {
    const name = 'a"b\';x=é€.png'
    await writeFile(path.join(home, 'output', name), 'x')
    const { headers } = await httpCall(server.url, `/view?filename=${encodeURIComponent(name)}`)
    expect(headers['content-disposition']).toBe(
      "filename=\"a_b';x=__.png\"; filename*=UTF-8''a%22b%27%3Bx%3D%C3%A9%E2%82%AC.png",
    )
    const split = await httpCall(server.url, '/view?filename=a%0d%0aSet-Cookie:%20x=1.png')
    expect(split.status).toBe(400)
    expect(split.headers['set-cookie']).toBeUndefined()
  })

  it('gives ranges of a film, and channels of a picture', async () => {
    await writeFile(path.join(home, 'output', 'film.mp4'), '0123456789')
    const part = await httpCall(server.url, '/view?filename=film.mp4', { headers: { Range: 'bytes=2-4' } })
    expect([part.status, part.text, part.headers['content-type']]).toEqual([206, '234', 'video/mp4'])
    await sharp({
      create: { width: 2, height: 1, channels: 4, background: { r: 200, g: 100, b: 50, alpha: 0.5 } },
    })
      .png()
      .toFile(path.join(home, 'output', 'rgba.png'))
    const raw = async (query: string): Promise<readonly [number, number[]]> => {
      const { bytes } = await httpCall(server.url, `/view?filename=rgba.png&${query}`)
      const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
      return [info.channels, [...data.subarray(0, info.channels)]]
    }
    expect(await raw('channel=rgb')).toEqual([3, [200, 100, 50]])
    expect(await raw('channel=a')).toEqual([4, [0, 0, 0, 128]])
    const webp = await httpCall(server.url, '/view?filename=rgba.png&preview=webp;50')
    expect(webp.headers['content-type']).toBe('image/webp')
    expect((await sharp(webp.bytes).metadata()).format).toBe('webp')
  })
})

describe('uploads', () => {
  const upload = (filename: string, fields: Readonly<Record<string, string>> = {}, route = '/upload/image') =>
    postForm(server.url, route, [
      { name: 'image', value: 'x', filename },
      ...Object.entries(fields).map(([name, value]) => ({ name, value })),
    ])

  it.each([
    '..',
    '.',
    '../a.png',
    '..\\\\a.png',
    '/etc/a.png',
    'C:\\\\a.png',
    'C:a.png',
    'a/b.png',
    'a\0.png',
    `${'a'.repeat(300)}.png`,
    'a.png.',
    'a.png ',
    '',
  ])('refuses the filename %j', async (filename) => {
    for (const route of ['/upload/image', '/api/upload/image', '/upload/mask'])
      expect((await upload(filename, {}, route)).status).toBe(400)
  })

  it.each([
    { subfolder: '..' },
    { subfolder: '../output' },
    { subfolder: '/etc' },
    { subfolder: 'a/../..' },
    { subfolder: 'a\\b' },
    { subfolder: 'C:/a' },
    { subfolder: 'a\0' },
    { type: 'models' },
    { type: '../x' },
    { type: '' },
    { type: '__proto__' },
  ])('refuses %j', async (fields) => {
    expect((await upload('a.png', fields)).status).toBe(400)
  })

  it('writes through no link', async () => {
    expect((await upload('b.png', { subfolder: 'up' })).status).toBe(403)
    expect((await upload('b.png', { subfolder: 'up/models/vae' })).status).toBe(403)
    // A name that is a link gets a number; overwriting replaces the link, not what it leads to.
    expect((await upload('link.png')).json()).toMatchObject({ name: 'link (1).png' })
    expect((await upload('link.png', { type: 'output', overwrite: 'true' })).json()).toMatchObject({
      name: 'link.png',
    })
    expect(await readFile(path.join(home, 'secret.png'), 'utf8')).toBe(SECRET)
    expect(await readdir(path.join(home, 'models', 'vae'))).toEqual([])
  })

  it.each([
    ['{"filename":"../secret.png"}', 400],
    ['{"filename":"/etc/passwd"}', 400],
    ['{"filename":"link.png","type":"input"}', 403],
    ['{"filename":"secret.png","subfolder":".."}', 400],
    ['{"filename":"secret.png","subfolder":"up","type":"input"}', 403],
    ['{"filename":"a.png","type":"models"}', 400],
    ['{"filename":"nothing.png"}', 404],
    ['{"filename":7}', 400],
    ['{"filename":""}', 400],
    ['[]', 400],
    ['null', 400],
    ['{', 400],
    ['['.repeat(20_000), 400],
  ])('refuses a mask for %.60s', async (ref, status) => {
    expect((await upload('m.png', { original_ref: ref }, '/upload/mask')).status).toBe(status)
  })

  it('counts on, uses equal files again, and overwrites when asked', async () => {
    const send = async (value: string, fields: Readonly<Record<string, string>> = {}): Promise<unknown> =>
      (
        await postForm(server.url, '/upload/image', [
          { name: 'image', value, filename: 'photo.png' },
          ...Object.entries(fields).map(([name, text]) => ({ name, value: text })),
        ])
      ).json()
    expect(await send('one')).toEqual({ name: 'photo.png', subfolder: '', type: 'input' })
    expect(await send('one')).toMatchObject({ name: 'photo.png' })
    expect(await send('two')).toMatchObject({ name: 'photo (1).png' })
    expect(await send('three')).toMatchObject({ name: 'photo (2).png' })
    expect(await send('two')).toMatchObject({ name: 'photo (1).png' })
    expect(await send('four', { overwrite: '1' })).toMatchObject({ name: 'photo.png' })
    expect(await readFile(path.join(home, 'input', 'photo.png'), 'utf8')).toBe('four')
    expect(await send('one', { subfolder: 'new/deep', type: 'temp' })).toEqual({
      name: 'photo.png',
      subfolder: 'new/deep',
      type: 'temp',
    })
    expect(await readFile(path.join(home, 'temp/new/deep/photo.png'), 'utf8')).toBe('one')
  })

  it('answers a broken form with 400, and leaves nothing behind', async () => {
    const broken: readonly (readonly [string, string])[] = [
      ['multipart/form-data; boundary=x', ''],
      [
        'multipart/form-data; boundary=x',
        '--x\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\nabc',
      ],
      ['multipart/form-data; boundary=x', '--x--\r\n'],
      ['multipart/form-data', '--x--'],
      ['application/json', '{}'],
      ['text/plain', 'x'],
    ]
    for (const [type, body] of broken) {
      const { status } = await httpCall(server.url, '/upload/image', {
        method: 'POST',
        headers: { 'Content-Type': type },
        body,
      })
      expect([type, body, status]).toEqual([type, body, 400])
    }
    expect((await readdir(path.join(home, 'temp'))).filter((name) => name.startsWith('.'))).toEqual([])
    expect(await postForm(server.url, '/upload/image', [{ name: 'other', value: 'x' }])).toMatchObject({
      status: 400,
    })
  })

  it('refuses what says that it is too large before it comes', async () => {
    const { status } = await httpCall(server.url, '/upload/image', {
      method: 'POST',
      headers: { 'Content-Type': 'multipart/form-data; boundary=x', 'Content-Length': '500000000' },
    }).catch(() => ({ status: 413 }))
    expect(status).toBe(413)
  })
})

describe('userdata', () => {
  it.each(ESCAPES.filter((name) => !name.includes('%5Binput') && !name.includes('%5Boutput')))(
    'neither gives, keeps, moves nor deletes %s',
    async (raw) => {
      const name = raw.replaceAll('/', '%2F')
      await expectRefused(`/userdata/${name}`)
      await expectRefused(`/userdata?dir=${name}`)
      await expectRefused(`/v2/userdata?path=${name}`)
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
  it.each(ESCAPES)('neither lists nor opens %s', async (raw) => {
    const name = raw.replaceAll('/', '%2F')
    await expectRefused(`/models/${name}`)
    await expectRefused(`/experiment/models/${name}`)
    await expectRefused(`/view_metadata/vae?filename=${raw}`)
    await expectRefused(`/view_metadata/${name}?filename=a`)
    await expectRefused(`/experiment/models/preview/vae/0/${name}`)
    await expectRefused(`/experiment/models/preview/${name}/0/a`)
    await expectRefused(`/experiment/models/preview/vae/${name}/a`)
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
