/** Held to Pillow byte by byte: pillow.json says how its values were made. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { floatTensor, toBytes } from '@dicache/tensor'
import { nodeContract } from '@dicache/sdk/testing'
import { describe, expect, it } from 'vitest'
import { imageQuantize } from '../nodes/image-quantize.ts'
import { run, tensor } from '../testing/run-picture.ts'
import { createBoxHeap } from './box-heap.ts'
import { type Dither, paint } from './dither.ts'
import { medianCut } from './median-cut.ts'

type Case = readonly [
  picture: string,
  colors: number,
  dither: Dither,
  entries: number,
  palette: string,
  pixels: string,
]
const reference = JSON.parse(readFileSync(new URL('pillow.json', import.meta.url), 'utf8')) as {
  readonly small: { readonly palette: readonly number[]; readonly 'floyd-steinberg': readonly number[] }
  readonly cases: readonly Case[]
}

/** Bytes of a linear congruential generator. */
function noise(count: number, seed: number): Uint8Array {
  let x = seed
  return Uint8Array.from({ length: count }, () => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0
    return x >>> 24
  })
}

/** A gradient with a little noise. */
function soft(width: number, height: number, seed: number): Uint8Array {
  const grain = noise(width * height * 3, seed)
  return Uint8Array.from(grain, (value, at) => {
    const pixel = Math.floor(at / 3)
    const [x, y] = [pixel % width, Math.floor(pixel / width)]
    const parts = [(x * 255) / (width - 1), (y * 255) / (height - 1), ((x + y) * 255) / (width + height - 2)]
    return Math.min(255, Math.max(0, Math.floor(parts[at % 3] ?? 0) + (value >> 4) - 8))
  })
}

/** Nearly as many colours as pixels. */
function wide(count: number, seed: number): Uint8Array {
  return Uint8Array.from({ length: count * 3 }, (_, at) => {
    const key = (Math.imul(Math.floor(at / 3), 2654435761) + seed) & 0xffffff
    return (key >> (16 - 8 * (at % 3))) & 255
  })
}

const pictures: Readonly<Record<string, { readonly width: number; readonly rgb: Uint8Array }>> = {
  soft: { width: 40, rgb: soft(40, 33, 1) },
  noise: { width: 31, rgb: noise(31 * 17 * 3, 2) },
  few: { width: 24, rgb: noise(24 * 24 * 3, 3).map((value) => value & 192) },
  wide: { width: 300, rgb: wide(300 * 260, 5) },
  flat: { width: 5, rgb: new Uint8Array(5 * 4 * 3).fill(77) },
  line: { width: 50, rgb: soft(50, 2, 9) },
  dot: { width: 1, rgb: noise(3, 4) },
}

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 16)

describe.each(Object.entries(pictures))('%s', (name, picture) => {
  const cases = reference.cases.filter(([of]) => of === name)
  const palettes = new Map(cases.map(([, colors]) => [colors, medianCut(picture.rgb, colors)]))

  it('has the palettes of Pillow', () => {
    expect(cases.length).toBeGreaterThanOrEqual(18)
    for (const [, colors, , entries, wanted] of cases) {
      const palette = palettes.get(colors) ?? new Uint8Array()
      expect([colors, palette.length / 3, digest(palette)]).toEqual([colors, entries, wanted])
    }
  })

  it('has its pixels, with each way of dithering', () => {
    for (const [, colors, dither, , , wanted] of cases) {
      const pixels = paint(picture, palettes.get(colors) ?? new Uint8Array(), dither)
      expect([colors, dither, digest(pixels)]).toEqual([colors, dither, wanted])
    }
  })
})

it('a small picture, in numbers', () => {
  const rgb = soft(6, 5, 1)
  const palette = medianCut(rgb, 3)
  expect([...palette]).toEqual(reference.small.palette)
  expect([...paint({ rgb, width: 6 }, palette, 'floyd-steinberg')]).toEqual(
    reference.small['floyd-steinberg'],
  )
})

it('a heap gives back the largest', () => {
  const heap = createBoxHeap<number>((n) => n)
  const numbers = [...noise(500, 7)]
  for (const number of numbers) heap.add(number)
  const back = numbers.map(() => heap.remove())
  expect(back).toEqual(numbers.toSorted((a, b) => b - a))
  expect(heap.remove()).toBeUndefined()
})

describe('ImageQuantize', () => {
  const rgb = tensor([2, 1, 2, 3], 0, 0.25, 1, 1, 0.5, 0.75, 0.9, 0.9, 0.9, 0.1, 0.1, 0.1)
  it('keeps the contract', () => nodeContract(imageQuantize, { inputs: { image: rgb } }))

  it('gives each picture of a batch a palette of its own', async () => {
    const { image } = await run(imageQuantize, { image: rgb }, { colors: 1, dither: 'none' })
    expect(image.shape).toEqual([2, 1, 2, 3])
    // Bytes are cut, their means rounded: (0 + 255) / 2, (63 + 127) / 2, (255 + 191) / 2; (229 + 25) / 2.
    const means = [128, 95, 223, 127, 127, 127]
    expect([...toBytes(image, 'round').data]).toEqual(
      [0, 0, 1, 1].flatMap((picture) => means.slice(picture * 3, picture * 3 + 3)),
    )
  })

  it('leaves a fourth channel as it is', async () => {
    const rgba = tensor([1, 1, 2, 4], 0, 0, 0, 0.3, 1, 1, 1, 0.7)
    const { image } = await run(imageQuantize, { image: rgba }, { colors: 2, dither: 'bayer-2' })
    expect(image.shape).toEqual([1, 1, 2, 4])
    expect([image.data[3], image.data[7]].map((value) => value?.toFixed(3))).toEqual(['0.300', '0.700'])
  })

  it('refuses what is no picture', async () => {
    for (const shape of [
      [2, 3],
      [1, 0, 4, 3],
      [1, 2, 2, 1],
    ])
      await expect(run(imageQuantize, { image: floatTensor(shape) })).rejects.toMatchObject({
        code: 'WRONG_SHAPE',
      })
  })
})
