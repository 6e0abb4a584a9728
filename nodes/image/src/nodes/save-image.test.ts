import { nodeContract, runNode, testHost } from '@dicache/sdk/testing'
import { floatTensor } from '@dicache/tensor'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { readPngText } from '../png/png-text.ts'
import { fillPrefix } from '../save/fill-prefix.ts'
import { previewImage } from './preview-image.ts'
import { saveImage } from './save-image.ts'

const images = floatTensor(
  [2, 2, 2, 3],
  Float32Array.from({ length: 24 }, (_, n) => n / 23),
)

describe('SaveImage', () => {
  it.each([saveImage, previewImage])('keeps the contract', (node) => nodeContract(node))

  it('writes a file a picture, truncated to 8 bits, with the workflow in it', async () => {
    const host = testHost()
    const result = await runNode(saveImage, { inputs: { images }, params: { filename_prefix: 'a/b' }, host })
    expect(host.saved.map(({ prefix, extension, kind }) => [prefix, extension, kind])).toEqual([
      ['a/b', 'png', 'output'],
      ['a/b', 'png', 'output'],
    ])
    expect(result.outputs).toMatchObject({ ui: { images: [{ type: 'output' }, { type: 'output' }] } })
    const [first] = host.saved
    const bytes = first?.bytes ?? new Uint8Array()
    const pixels = await sharp(bytes).raw().toBuffer()
    expect([...pixels]).toEqual(
      Array.from(images.data.subarray(0, 12), (value) => Math.trunc(Math.fround(value * 255))),
    )
    expect([...readPngText(bytes).keys()]).toContain('prompt')
  })

  it('keeps four channels, and refuses two', async () => {
    const host = testHost()
    await runNode(saveImage, {
      inputs: { images: floatTensor([1, 1, 1, 4], Float32Array.of(1, 0, 0, 0.5)) },
      params: { filename_prefix: 'x' },
      host,
    })
    expect((await sharp(host.saved[0]?.bytes).metadata()).channels).toBe(4)
    const two = runNode(saveImage, {
      inputs: { images: floatTensor([1, 1, 1, 2]) },
      params: { filename_prefix: 'x' },
      host,
    })
    await expect(two).rejects.toThrow('3 or 4 channels')
  })

  it('fills size and date into the prefix, and leaves other words alone', () => {
    const facts = {
      widthPx: 8,
      heightPx: 9,
      batchIndex: 2,
      now: new Date(2026, 0, 2, 3, 4, 5),
      source: { prompt: {}, document: undefined },
    }
    expect(fillPrefix('%width%x%height% %year%-%month%-%day% %batch_num% %other%', facts)).toBe(
      '8x9 2026-01-02 2 %other%',
    )
  })
})
