/** Files out: nothing outside the folders, nothing active, whatever the names are. */
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ESCAPES, expectRefused, startHostileHome } from '../testing/hostile-home.ts'
import { httpCall } from '../testing/http-call.ts'
import type { TestServer } from '../testing/test-server.ts'

let server: TestServer
let home: string
beforeAll(async () => {
  server = await startHostileHome()
  home = server.home
})
afterAll(() => server[Symbol.asyncDispose]())

describe('/view', () => {
  it.each(ESCAPES)('does not give filename=%.60s', async (name) => {
    await expectRefused(server.url, `/view?filename=${name}`)
    await expectRefused(server.url, `/view?filename=${name}&type=input`)
    await expectRefused(server.url, `/api/view?filename=${name}&preview=webp`)
    await expectRefused(
      server.url,
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

  it('lets a browser ask whether a picture is still the one it has', async () => {
    const file = path.join(home, 'output', 'again.png')
    const view = (etag?: string | string[]) =>
      httpCall(server.url, '/view?filename=again.png', {
        headers: etag === undefined ? {} : { 'If-None-Match': String(etag) },
      })
    await writeFile(file, 'one')
    const { headers } = await view()
    expect(headers['cache-control']).toBe('no-cache')
    expect((await view(headers['etag'])).status).toBe(304)
    await writeFile(file, 'another')
    expect(await view(headers['etag'])).toMatchObject({ status: 200, text: 'another' })
  })
})
