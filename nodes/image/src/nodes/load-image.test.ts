import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { HostError } from '@dicache/sdk'
import { nodeContract, runNode, testHost } from '@dicache/sdk/testing'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadImage } from './load-image.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'load-image-'))
  await writePicture(10)
  await writeFile(path.join(folder, 'text.png'), 'no picture')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function writePicture(level: number): Promise<void> {
  const picture = sharp(Uint8Array.of(level, 20, 30, 255, 1, 2, 3, 0), {
    raw: { width: 2, height: 1, channels: 4 },
  })
  await writeFile(path.join(folder, 'a.png'), await picture.png().toBuffer())
}

/** A host whose input folder is the test's. */
function host(): ReturnType<typeof testHost> {
  return testHost({
    inputs: {
      list: () => Promise.resolve(['a.png', 'text.png']),
      resolve: (name) =>
        name.includes('..') || name === 'gone.png'
          ? Promise.reject(new HostError('PATH_OUTSIDE', `"${name}" leaves the folder`))
          : Promise.resolve(path.join(folder, name)),
    },
  })
}

describe('LoadImage', () => {
  const context = (image: string | undefined) => ({
    params: image === undefined ? {} : { image },
    host: host(),
    signal: new AbortController().signal,
  })

  it('keeps the contract', () => nodeContract(loadImage, { params: { image: 'a.png' }, host: host() }))

  it('gives picture and mask', async () => {
    const { outputs } = await runNode(loadImage, { params: { image: 'a.png' }, host: host() })
    const levels = [10, 20, 30, 1, 2, 3].map((byte) => Math.fround(byte / 255))
    expect(outputs).toEqual({
      image: { dtype: 'float32', shape: [1, 1, 2, 3], data: Float32Array.from(levels) },
      mask: { dtype: 'float32', shape: [1, 1, 2], data: Float32Array.of(0, 1) },
    })
  })

  it('notices a replaced file', async () => {
    const before = await loadImage.fingerprint?.(context('a.png'))
    expect(await loadImage.fingerprint?.(context('a.png'))).toBe(before)
    await writePicture(11)
    expect(await loadImage.fingerprint?.(context('a.png'))).not.toBe(before)
    expect(await loadImage.fingerprint?.(context(undefined))).toBeNull()
  })

  it('refuses names the host refuses, before anything runs', async () => {
    expect(await loadImage.validate?.(context('a.png'))).toEqual([])
    expect(await loadImage.validate?.(context(undefined))).toEqual([])
    expect(await loadImage.validate?.(context('../x.png'))).toEqual([
      { input: 'image', message: '"../x.png" leaves the folder' },
    ])
    await expect(runNode(loadImage, { params: { image: '../x.png' }, host: host() })).rejects.toMatchObject({
      code: 'PATH_OUTSIDE',
    })
  })

  it('names the file that is no picture', async () => {
    await expect(runNode(loadImage, { params: { image: 'text.png' }, host: host() })).rejects.toMatchObject({
      code: 'UNSUPPORTED_FILE',
      message: expect.stringContaining('"text.png"') as string,
      path: path.join(folder, 'text.png'),
    })
  })
})
