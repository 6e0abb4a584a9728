import { floatTensor, roundHalfEven } from '@dicache/tensor'
import { describe, expect, it } from 'vitest'
import { lanczos } from './lanczos.ts'
import { type ScaleMethod, scaleImage } from './scale-image.ts'

/** Two rows of three values, one channel. */
const source = floatTensor([1, 2, 3, 1], Float32Array.of(0, 0.5, 1, 0.25, 0.75, 0.125))

// What torch.nn.functional.interpolate 2.13 gives for the same values.
const TORCH: readonly (readonly [ScaleMethod, number, number, readonly number[]])[] = [
  ['nearest-exact', 3, 5, [0, 0, 0.5, 1, 1, 0.25, 0.25, 0.75, 0.125, 0.125, 0.25, 0.25, 0.75, 0.125, 0.125]],
  [
    'bilinear',
    3,
    5,
    [0, 0.2, 0.5, 0.8, 1, 0.125, 0.325, 0.625, 0.5875, 0.5625, 0.25, 0.45, 0.75, 0.375, 0.125],
  ],
  ['bilinear', 1, 2, [0.25, 0.578125]],
  [
    'bicubic',
    3,
    5,
    [
      -0.0697014, 0.1292676, 0.4782987, 0.8800644, 1.1333301, 0.077, 0.3235001, 0.625, 0.6227499, 0.5565001,
      0.2237014, 0.5177326, 0.7717015, 0.3654358, -0.0203296,
    ],
  ],
  ['bicubic', 1, 2, [0.2404785, 0.5942383]],
  [
    'area',
    3,
    5,
    [0, 0.25, 0.5, 0.75, 1, 0.125, 0.375, 0.625, 0.59375, 0.5625, 0.25, 0.5, 0.75, 0.4375, 0.125],
  ],
  ['area', 1, 2, [0.375, 0.59375]],
]

describe('scaleImage', () => {
  it.each(TORCH)('%s to %i × %i gives PyTorch’s values', (method, heightPx, widthPx, expected) => {
    const scaled = scaleImage(source, { widthPx, heightPx, method, crop: 'disabled' })
    expect(scaled.shape).toEqual([1, heightPx, widthPx, 1])
    expect(scaled.data).toHaveLength(expected.length)
    for (const [at, value] of expected.entries()) expect(scaled.data[at]).toBeCloseTo(value, 6)
  })

  it.each(['nearest-exact', 'bilinear', 'area', 'bicubic', 'lanczos'] as const)(
    '%s treats pictures and channels alone, and keeps a flat colour',
    (method) => {
      const pixels = Array.from({ length: 2 * 7 * 5 }, (_, pixel) =>
        pixel < 35 ? [1, 0, 0.2] : [0, 1, 0.4],
      ).flat()
      const image = floatTensor([2, 7, 5, 3], Float32Array.from(pixels))
      const scaled = scaleImage(image, { widthPx: 4, heightPx: 9, method, crop: 'disabled' })
      expect(scaled.shape).toEqual([2, 9, 4, 3])
      for (const [at, value] of scaled.data.entries()) {
        const colour = at < 108 ? [1, 0, 0.2] : [0, 1, 0.4]
        expect(value).toBeCloseTo(colour[at % 3] ?? NaN, 6)
      }
    },
  )

  it('cuts the middle out, rounding halves to even', () => {
    const row = floatTensor([1, 1, 6, 1], Float32Array.of(0, 1, 2, 3, 4, 5))
    const cut = (widthPx: number, image = row, heightPx = 1): readonly number[] =>
      Array.from(scaleImage(image, { widthPx, heightPx, method: 'nearest-exact', crop: 'center' }).data)
    expect(cut(2)).toEqual([2, 3])
    expect(cut(1)).toEqual([3]) // 2.5 on each side become 2; of the two that remain the second is nearest
    const column = floatTensor([2, 4, 1, 1], Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7))
    expect(cut(1, column, 2)).toEqual([1, 2, 5, 6])
  })

  it('gives the picture itself where nothing changes, and refuses what is none', () => {
    expect(scaleImage(source, { widthPx: 3, heightPx: 2, method: 'lanczos', crop: 'center' })).toBe(source)
    for (const shape of [
      [2, 3, 1],
      [1, 0, 3, 1],
    ]) {
      const bad = (): unknown =>
        scaleImage(floatTensor(shape), { widthPx: 1, heightPx: 1, method: 'area', crop: 'disabled' })
      expect(bad).toThrow(expect.objectContaining({ code: 'WRONG_SHAPE' }))
    }
    const thin = floatTensor([1, 6, 5, 1])
    const crop = (): unknown => scaleImage(thin, { widthPx: 26, heightPx: 2, method: 'area', crop: 'center' })
    expect(crop).toThrow('nothing is left')
  })
})

// What Pillow 11.3 gives for the same bytes.
describe('lanczos', () => {
  const rgb = [255, 0, 10, 0, 128, 20, 30, 255, 30, 60, 70, 80, 90, 100, 110, 120, 130, 140]
  const alpha = [255, 128, 0, 10, 200, 255]
  const rgba = alpha.flatMap((a, pixel) => [...rgb.slice(pixel * 3, pixel * 3 + 3), a])
  const scale = (
    bytes: readonly number[],
    channels: number,
    [widthPx, heightPx]: readonly [number, number],
  ): number[] => [
    ...lanczos({ widthPx: 3, heightPx: 2, channels, bytes: Uint8Array.from(bytes) }, { widthPx, heightPx })
      .bytes,
  ]

  it('enlarges RGB', () => {
    expect(scale(rgb, 3, [4, 3])).toEqual([
      255, 0, 1, 106, 54, 4, 0, 209, 13, 28, 255, 16, 157, 35, 45, 88, 70, 54, 54, 158, 77, 80, 193, 86, 35,
      78, 88, 69, 86, 103, 120, 107, 140, 131, 116, 155,
    ])
  })

  it('makes RGB smaller', () => {
    expect(scale(rgb, 3, [2, 1])).toEqual([117, 57, 51, 57, 171, 80])
  })

  it('weighs colours by alpha', () => {
    expect(scale(rgba, 4, [4, 3])).toEqual([
      255, 0, 11, 255, 139, 57, 8, 210, 0, 255, 0, 33, 0, 0, 0, 0, 255, 0, 9, 128, 116, 70, 45, 156, 85, 130,
      105, 153, 127, 131, 141, 128, 0, 0, 0, 0, 67, 97, 120, 102, 114, 118, 134, 255, 136, 148, 160, 255,
    ])
  })
})

it.each([
  [0.5, 0],
  [1.5, 2],
  [2.5, 2],
  [2.51, 3],
  [-0.5, 0],
])('rounds %d to %d', (value, rounded) => {
  expect(roundHalfEven(value)).toBeCloseTo(rounded)
})
