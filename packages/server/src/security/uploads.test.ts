/** Files in: nothing outside the folders, through no link, within limits. */
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SECRET, startHostileHome } from '../testing/hostile-home.ts'
import { httpCall, postForm } from '../testing/http-call.ts'
import type { TestServer } from '../testing/test-server.ts'

let server: TestServer
let home: string
beforeAll(async () => {
  server = await startHostileHome()
  home = server.home
})
afterAll(() => server[Symbol.asyncDispose]())

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
