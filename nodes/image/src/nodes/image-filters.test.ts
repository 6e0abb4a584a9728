import { type FloatTensor, floatTensor, mapValues } from '@dicache/tensor'
import { describe, expect, it } from 'vitest'
import { nodeContract } from '@dicache/sdk/testing'
import { rounded, run, tensor } from '../testing/run-picture.ts'
import { canny } from './canny.ts'
import { imageBlend } from './image-blend.ts'
import { imageBlur } from './image-blur.ts'
import { imageSharpen } from './image-sharpen.ts'

/** 4 × 5 pixels of scattered values. */
const scattered = floatTensor(
  [1, 4, 5, 1],
  Float32Array.from({ length: 20 }, (_, n) => ((n * 37) % 101) / 100),
)
const rgb = tensor([1, 1, 2, 3], 0, 0.25, 1, 1, 0.5, 0.75)

it.each([
  ['ImageBlend', imageBlend, { inputs: { image1: rgb, image2: rgb } }],
  ['ImageBlur', imageBlur, { inputs: { image: rgb } }],
  ['ImageSharpen', imageSharpen, { inputs: { image: rgb } }],
  ['Canny', canny, { inputs: { image: rgb } }],
] as const)('%s keeps the contract', (_, node, sample) => nodeContract(node, sample))

// What torch.nn.functional.conv2d 2.13 gives over a picture padded by reflection.
describe('blur and sharpen', () => {
  const close = (wanted: readonly number[]): readonly unknown[] =>
    wanted.map((value) => expect.closeTo(value, 5))

  it('blurs with a bell in units of the radius', async () => {
    const { image } = await run(imageBlur, { image: scattered }, { blur_radius: 2, sigma: 0.7 })
    expect(rounded(image)).toEqual(
      close([
        0.397325, 0.428147, 0.477311, 0.505215, 0.530944, 0.419348, 0.446607, 0.488108, 0.520798, 0.545946,
        0.424054, 0.449202, 0.481892, 0.523393, 0.550652, 0.439056, 0.464785, 0.492689, 0.541853, 0.572675,
      ]),
    )
  })

  it('sharpens away from the blur, and clips', async () => {
    const params = { sharpen_radius: 1, sigma: 0.5, alpha: 0.1 }
    const { image } = await run(imageSharpen, { image: scattered }, params)
    expect(rounded(image)).toEqual(
      close([
        0.0, 0.383298, 0.86087, 0.0, 0.539199, 1.0, 0.103885, 0.581457, 1.0, 0.186585, 0.783415, 0.0,
        0.388543, 0.866115, 0.0, 0.430801, 1.0, 0.10913, 0.586702, 1.0,
      ]),
    )
    const same = await run(imageSharpen, { image: scattered }, { alpha: 0 })
    expect(same.image.data).toEqual(scattered.data)
  })

  it('keeps a flat colour also where it reaches beyond the picture', async () => {
    const flat = tensor([1, 1, 2, 3], ...Array.from({ length: 6 }, () => 0.25))
    const { image } = await run(imageBlur, { image: flat }, { blur_radius: 31, sigma: 10 })
    expect(rounded(image)).toEqual(close([...flat.data]))
  })
})

describe('ImageBlend', () => {
  const grey = tensor([1, 1, 1, 3], 0.5, 0.5, 0.5)
  const byte = async (mode: string): Promise<number> => {
    const { image } = await run(
      imageBlend,
      { image1: grey, image2: grey },
      { blend_factor: 1, blend_mode: mode },
    )
    return Math.trunc((image.data[0] ?? NaN) * 255)
  }

  // The bytes of two 0.5 greys, truncated: the first three are the reference's.
  it.each([
    ['multiply', 63],
    ['screen', 191],
    ['difference', 0],
    ['normal', 127],
    ['overlay', 127],
    ['soft_light', 127],
  ])('%s of two greys is %i', async (mode, wanted) => expect(await byte(mode)).toBe(wanted))

  it.each([
    ['overlay', [0.25, 0.75], [0.5, 0.25], [0.25, 0.625]],
    ['soft_light', [0.25, 0.5], [0.25, 1], [0.15625, 0.707107]],
    ['soft_light', [0.125, 0.75], [1, 0.75], [0.34375, 0.808013]],
    ['difference', [0.75, 0.25], [0.25, 0.75], [0.5, 0]],
  ])('%s of %j and %j is %j', async (mode, below, above, wanted) => {
    const [image1, image2] = [below, above].map((values) => tensor([1, 1, 2, 1], ...values))
    const { image } = await run(imageBlend, { image1, image2 }, { blend_factor: 1, blend_mode: mode })
    expect(rounded(image)).toEqual(wanted)
  })

  it('mixes by the factor, repeats a single picture, and fits size and channels of the second', async () => {
    const two = tensor([2, 1, 1, 3], 0, 0, 0, 1, 1, 1)
    const rgba = tensor([1, 2, 2, 4], ...Array.from({ length: 16 }, () => 0.5))
    const { image } = await run(imageBlend, { image1: two, image2: rgba }, { blend_factor: 0.25 })
    expect(image.shape).toEqual([2, 1, 1, 3])
    expect(rounded(image)).toEqual([0.125, 0.125, 0.125, 0.875, 0.875, 0.875])
    const three = tensor([3, 1, 1, 3], ...Array.from({ length: 9 }, () => 0))
    await expect(run(imageBlend, { image1: two, image2: three })).rejects.toMatchObject({
      code: 'WRONG_SHAPE',
    })
  })
})

describe('Canny', () => {
  const HEIGHT = 14
  const WIDTH = 24
  const step = (x: number): number => 1 / (1 + Math.exp(-x))
  /** A soft disc, a slanted edge and a soft strip in the three colours. */
  const picture = floatTensor([1, HEIGHT, WIDTH, 3])
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      const disc = step((4.3 - Math.hypot(x - 7.2, y - 6.4)) * 1.7)
      const red = disc * 0.9 + 0.05 * Math.sin(x * 0.9 + y * 0.31) + 0.05
      const green = step((x - 16.3 - 0.2 * y) * 1.3) * 0.8
      const blue = step((y - 9.7) * 0.9) * 0.6 + 0.2 * disc
      const pixel = [red, green, blue].map((level) => Math.min(1, Math.max(0, level)))
      picture.data.set(pixel, (y * WIDTH + x) * 3)
    }
  }
  const drawing = (image: FloatTensor): readonly string[] => {
    const [, height = 0, width = 0] = image.shape
    return Array.from({ length: height }, (_, y) =>
      Array.from({ length: width }, (_none, x) => (image.data[(y * width + x) * 3] === 1 ? '#' : '.')).join(
        '',
      ),
    )
  }

  it.each([
    [
      0.1,
      0.2,
      [
        '................#.......',
        '................#.......',
        '......####.......#......',
        '....###..##......#......',
        '....#.....##.....#......',
        '....#......#.....#......',
        '...#.......#......#.....',
        '...#.......#......#.....',
        '...#.......#......#.....',
        '....#.....##......#.....',
        '....###.###.......#.....',
        '.......#..........#.....',
        '..................#.....',
        '...................#....',
      ],
    ],
    [
      0.05,
      0.3,
      [
        '................#.......',
        '................#.......',
        '......####.......#......',
        '....###..##......#......',
        '....#.....##.....#......',
        '....#......#.....#......',
        '...#.......#......#.....',
        '...#.......#......#.....',
        '...#.......#......#.....',
        '....#.....##......#.....',
        '....###.###.......#.....',
        '.......#..........#.....',
        '..................#.....',
        '...................#....',
      ],
    ],
    [
      0.02,
      0.1,
      [
        '..........#.....#.......',
        '................#.......',
        '......####.......#......',
        '....###..##......#......',
        '....#.....##.....#......',
        '....#......#.....#......',
        '...#.......#......#.....',
        '...#.......#......#.....',
        '...#.......#......#.....',
        '....#.....##......#.....',
        '....###.###.......#.....',
        '.......#..........#.....',
        '..................#.....',
        '...................#....',
      ],
    ],
  ])('finds kornia’s edges between %d and %d', async (low, high, wanted) => {
    const { image } = await run(canny, { image: picture }, { low_threshold: low, high_threshold: high })
    expect(drawing(image)).toEqual(wanted)
  })

  it('draws a sharp step once, on its left side', async () => {
    const sharp = tensor(
      [1, 3, 8, 3],
      ...Array.from({ length: 72 }, (_, n) => (Math.floor(n / 3) % 8 > 3 ? 1 : 0)),
    )
    const { image } = await run(canny, { image: sharp }, { low_threshold: 0.1, high_threshold: 0.2 })
    expect(drawing(image)).toEqual(['...#....', '...#....', '...#....'])
  })

  it('keeps weak edges only beside strong ones, and refuses thresholds the wrong way round', async () => {
    const count = async (low: number, high: number): Promise<number> => {
      const faint = mapValues(picture, (level) => level / 10)
      const { image } = await run(canny, { image: faint }, { low_threshold: low, high_threshold: high })
      return image.data.reduce((sum, value) => sum + value, 0) / 3
    }
    expect(await count(0.01, 0.9)).toBe(0)
    expect(await count(0.01, 0.05)).toBeGreaterThan(10)
    await expect(count(0.5, 0.4)).rejects.toMatchObject({ code: 'VALUE_OUT_OF_RANGE' })
    await expect(run(canny, { image: tensor([1, 1, 1, 4], 0, 0, 0, 0) })).rejects.toMatchObject({
      code: 'WRONG_SHAPE',
    })
  })
})
