import { readFile } from 'node:fs/promises'
import { deflateSync } from 'node:zlib'
import { floatTensor } from '@dicache/tensor'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { pngChunk, pngFile } from '../png/png-chunks.ts'
import { goldenNumbers, goldenPath } from '../testing/golden-case.ts'
import { makeApng, words } from '../testing/make-apng.ts'
import { type DecodedImage, decodeImage } from './decode-image.ts'

const decode = (file: Uint8Array): Promise<DecodedImage> => decodeImage(file, new AbortController().signal)
const decodeGolden = async (name: string): Promise<DecodedImage> =>
  decode(await readFile(goldenPath(`image-files/${name}`)))
const golden = (tensor: string): Promise<readonly number[]> => goldenNumbers('image-files', tensor)
const bytesOf = ({ image }: DecodedImage): number[] =>
  Array.from(image.data, (value) => Math.round(value * 255))

const rgb = Uint8Array.from({ length: 18 }, (_, n) => (n * 37) % 256)
const small = sharp(rgb, { raw: { width: 3, height: 2, channels: 3 } })
const smallPng = await small.clone().png().toBuffer()
const noise = Uint8Array.from({ length: 64 * 64 * 3 }, (_, n) => (n * n * 31) % 251)
const noiseJpeg = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
  .jpeg()
  .toBuffer()
const emptyMask = (frames: number): unknown => floatTensor([frames, 64, 64])

describe('decodeImage, on files of the reference', () => {
  it.each(['rgb', 'rgba', 'p'])('gives the floats of %s.png', async (name) => {
    const { image } = await decodeGolden(`${name}.png`)
    expect(Array.from(image.data)).toEqual(await golden(`${name}/image`))
    expect(bytesOf({ image, mask: image })).toEqual(await golden(`${name}/rgb`))
  })

  it('gives 1 − alpha as mask, and an empty one without alpha', async () => {
    const { mask } = await decodeGolden('rgba.png')
    expect(mask.shape).toEqual([1, 8, 24])
    expect(Array.from(mask.data)).toEqual(await golden('rgba/mask'))
    expect((await decodeGolden('rgb.png')).mask).toEqual(emptyMask(1))
    expect((await decodeGolden('p.png')).mask).toEqual(emptyMask(1))
  })

  it.each(['animation.png', 'animation.webp'])('gives the four frames of %s', async (name) => {
    const decoded = await decodeGolden(name)
    expect(decoded.image.shape).toEqual([4, 8, 24, 3])
    expect(bytesOf(decoded)).toEqual(await golden('animation/frames'))
    expect(decoded.mask).toEqual(emptyMask(4))
  })

  it('gives the floats of every byte', async () => {
    const grey = sharp(
      Uint8Array.from({ length: 256 }, (_, n) => n),
      { raw: { width: 256, height: 1, channels: 1 } },
    )
    const { image } = await decode(await grey.png().toBuffer())
    const loaded = await goldenNumbers('image-uint8', 'loaded')
    expect(Array.from(image.data)).toEqual(loaded.flatMap((value) => [value, value, value]))
  })
})

describe('decodeImage', () => {
  it.each([
    [1, [0, 1, 2, 3, 4, 5], 3],
    [2, [2, 1, 0, 5, 4, 3], 3],
    [3, [5, 4, 3, 2, 1, 0], 3],
    [4, [3, 4, 5, 0, 1, 2], 3],
    [5, [0, 3, 1, 4, 2, 5], 2],
    [6, [3, 0, 4, 1, 5, 2], 2],
    [7, [5, 2, 4, 1, 3, 0], 2],
    [8, [2, 5, 1, 4, 0, 3], 2],
  ])('turns a picture by EXIF orientation %i', async (orientation, order, width) => {
    const file = await small.clone().withMetadata({ orientation }).webp({ lossless: true }).toBuffer()
    const decoded = await decode(file)
    expect(decoded.image.shape).toEqual([1, 6 / width, width, 3])
    expect(bytesOf(decoded)).toEqual(order.flatMap((pixel) => [...rgb.subarray(pixel * 3, pixel * 3 + 3)]))
  })

  it('reads JPEG, TIFF and GIF; a GIF has a mask only where it is transparent', async () => {
    const flat = sharp({
      create: { width: 16, height: 16, channels: 3, background: { r: 200, g: 100, b: 50 } },
    })
    for (const format of ['jpeg', 'tiff', 'gif'] as const) {
      const decoded = await decode(await flat.clone().toFormat(format).toBuffer())
      expect(decoded.image.shape).toEqual([1, 16, 16, 3])
      expect(Math.abs((bytesOf(decoded)[0] ?? 0) - 200)).toBeLessThan(3)
      expect(decoded.mask).toEqual(emptyMask(1))
    }
    const half = sharp(Uint8Array.of(9, 9, 9, 0, 200, 0, 0, 255), {
      raw: { width: 2, height: 1, channels: 4 },
    })
    expect(Array.from((await decode(await half.gif().toBuffer())).mask.data)).toEqual([1, 0])
  })

  it('ignores colour profiles, as ComfyUI does', async () => {
    const file = await small.clone().withIccProfile('p3').png().toBuffer()
    expect((await sharp(file).metadata()).hasProfile).toBe(true)
    const raw = await sharp(file, { ignoreIcc: true }).raw().toBuffer()
    expect(bytesOf(await decode(file))).toEqual([...raw])
    expect([...raw]).not.toEqual([...(await sharp(file).raw().toBuffer())])
  })

  it('takes a palette’s transparency as mask, and not the one transparent colour of RGB and grey', async () => {
    const tRNS = (colourType: number, data: readonly number[], rows: readonly number[]): Uint8Array =>
      stillPng([2, 1, 8, colourType], rows, [
        ...(colourType === 3 ? [pngChunk('PLTE', Uint8Array.of(1, 2, 3, 4, 5, 6))] : []),
        pngChunk('tRNS', Uint8Array.from(data)),
      ])
    const palette = await decode(tRNS(3, [51, 255], [0, 0, 1]))
    expect(bytesOf(palette)).toEqual([1, 2, 3, 4, 5, 6])
    expect(Array.from(palette.mask.data)).toEqual([Math.fround(1 - Math.fround(51 / 255)), 0])
    const colour = await decode(tRNS(2, [0, 7, 0, 8, 0, 9], [0, 7, 8, 9, 1, 2, 3]))
    expect(bytesOf(colour)).toEqual([7, 8, 9, 1, 2, 3])
    expect(colour.mask).toEqual(emptyMask(1))
    expect((await decode(tRNS(0, [0, 7], [0, 7, 8]))).mask).toEqual(emptyMask(1))
  })

  it('divides 16-bit grey by 255 and clips; 16-bit colours lose their low byte', async () => {
    const grey = stillPng([4, 1, 16, 0], [0, 0, 254, 0, 255, 100, 0, 255, 255])
    expect(bytesOf(await decode(grey))).toEqual([0, 1, 100, 255].flatMap((level) => [level, level, level]))
    const colour = stillPng([1, 1, 16, 2], [0, 10, 255, 20, 0, 30, 128])
    expect(bytesOf(await decode(colour))).toEqual([10, 20, 30])
  })

  it.each([
    ['a text', Buffer.from('no picture at all'), 'UNSUPPORTED_FILE'],
    ['nothing', new Uint8Array(), 'UNSUPPORTED_FILE'],
    [
      'an SVG',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>'),
      'UNSUPPORTED_FILE',
    ],
    ['a PNG cut off', smallPng.subarray(0, 60), 'UNSUPPORTED_FILE'],
    ['a JPEG cut off', noiseJpeg.subarray(0, 900), 'UNSUPPORTED_FILE'],
    ['a PNG without pixels', stillPng([2, 1, 8, 2], []), 'UNSUPPORTED_FILE'],
    ['a PNG of 100000 × 100000', stillPng([100_000, 100_000, 8, 2], [0]), 'TOO_LARGE'],
    [
      'an animation of 60000 × 60000',
      makeApng([60_000, 60_000], [{ area: [0, 0, 1, 1], rgba: [1, 2, 3, 4] }]),
      'TOO_LARGE',
    ],
  ])('refuses %s', async (_, file, code) => {
    await expect(decode(file)).rejects.toMatchObject({ name: 'HostError', code })
  })

  it('stops between frames when it is cancelled', async () => {
    const file = makeApng([1, 1], [{ area: [0, 0, 1, 1], rgba: [1, 2, 3, 4] }])
    await expect(decodeImage(file, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' })
  })
})

/** A PNG from its scanlines, each behind a filter byte. */
function stillPng(
  [width, height, depth, colourType]: readonly [number, number, number, number],
  scanlines: readonly number[],
  between: readonly Uint8Array[] = [],
): Uint8Array {
  const header = Buffer.concat([words(width, height), Buffer.of(depth, colourType, 0, 0, 0)])
  return pngFile([
    pngChunk('IHDR', header),
    ...between,
    pngChunk('IDAT', deflateSync(Uint8Array.from(scanlines))),
    pngChunk('IEND', new Uint8Array()),
  ])
}
