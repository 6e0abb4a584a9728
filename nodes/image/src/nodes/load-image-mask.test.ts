import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { nodeContract, runNode, testHost } from '@dicache/sdk/testing'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { tensor } from '../testing/run-picture.ts'
import { loadImageMask } from './load-image-mask.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'load-mask-'))
  const rgba = { raw: { width: 2, height: 1, channels: 4 } } as const
  const rgb = { raw: { width: 2, height: 1, channels: 3 } } as const
  await sharp(Uint8Array.of(10, 20, 30, 255, 1, 2, 3, 51), rgba)
    .png()
    .toFile(path.join(folder, 'rgba.png'))
  await sharp(Uint8Array.of(10, 20, 30, 1, 2, 3), rgb)
    .png()
    .toFile(path.join(folder, 'rgb.png'))
  await writeFile(path.join(folder, 'text.png'), 'no picture')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const host = (): ReturnType<typeof testHost> =>
  testHost({
    inputs: {
      list: () => Promise.resolve([]),
      resolve: (name) => Promise.resolve(path.join(folder, name)),
    },
  })

it('keeps the contract', () => nodeContract(loadImageMask, { params: { image: 'rgba.png' }, host: host() }))

it.each([
  ['rgba.png', 'alpha', [0, 0.8]],
  ['rgba.png', 'red', [10 / 255, 1 / 255]],
  ['rgba.png', 'blue', [30 / 255, 3 / 255]],
  ['rgb.png', 'green', [20 / 255, 2 / 255]],
  ['rgb.png', 'alpha', [0, 0]],
])('%s, %s', async (image, channel, values) => {
  const { outputs } = await runNode(loadImageMask, { params: { image, channel }, host: host() })
  expect(outputs).toMatchObject({ mask: { shape: [1, 1, 2] } })
  const { mask } = outputs as { readonly mask: ReturnType<typeof tensor> }
  for (const [at, value] of values.entries()) expect(mask.data[at]).toBeCloseTo(value, 6)
})

it('names the file that is no picture', async () => {
  await expect(runNode(loadImageMask, { params: { image: 'text.png' }, host: host() })).rejects.toThrow(
    '"text.png"',
  )
})
