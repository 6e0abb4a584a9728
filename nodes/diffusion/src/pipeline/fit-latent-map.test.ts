import { floatTensor, type FloatTensor } from '@dicache/tensor'
import { describe, expect, it } from 'vitest'
import { addPicture, type LatentSums, noSums, solveMap } from './fit-latent-map.ts'
import { principalMap } from './principal-map.ts'

/** Numbers that look random, the same each time. */
function numbers(count: number, seed: number): Float32Array {
  let state = seed
  return Float32Array.from({ length: count }, () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return (state / 2 ** 32) * 2 - 1
  })
}

const latentOf = (shape: readonly number[], seed: number): FloatTensor =>
  floatTensor(
    shape,
    numbers(
      shape.reduce((product, extent) => product * extent, 1),
      seed,
    ),
  )

/** A decoder whose colours are linear: red = 0.5 + 0.2 · c0, green = 0.4 − 0.1 · c1, blue = 0.3; 2 × 2 pixels a cell. */
function pictureOf({ shape, data }: FloatTensor): FloatTensor {
  const [batch = 0, channels = 0, height = 0, width = 0] = shape
  const image = floatTensor([batch, height * 2, width * 2, 3])
  for (let at = 0; at < batch * height * 2 * width * 2; at += 1) {
    const [x, y, n] = [
      at % (width * 2),
      Math.floor(at / (width * 2)) % (height * 2),
      Math.floor(at / (width * height * 4)),
    ]
    const cell = Math.floor(y / 2) * width + Math.floor(x / 2)
    const value = (c: number): number => data[(n * channels + c) * height * width + cell] ?? 0
    image.data.set([0.5 + 0.2 * value(0), 0.4 - 0.1 * value(1), 0.3], at * 3)
  }
  return image
}

const taught = (shape: readonly number[]): LatentSums | undefined => {
  const latent = latentOf(shape, 1)
  return addPicture(noSums(shape[1] ?? 0), latent, pictureOf(latent))
}

describe('the fitted map', () => {
  it('is the decoder’s own where that is linear', () => {
    const map = solveMap(taught([2, 3, 24, 20]) ?? noSums(3))
    const rows = [...(map?.factors ?? []), map?.bias ?? []]
    const wanted = [
      [0.2, 0, 0],
      [0, -0.1, 0],
      [0, 0, 0],
      [0.5, 0.4, 0.3],
    ]
    for (const [at, row] of wanted.entries())
      for (const [c, value] of row.entries()) expect(rows[at]?.[c]).toBeCloseTo(value, 1)
  })

  it('waits for enough pixels, and leaves out those that are no number', () => {
    expect(solveMap(noSums(3))).toBeUndefined()
    expect(solveMap(taught([1, 3, 1, 7]) ?? noSums(3))).toBeUndefined()
    expect(solveMap(taught([1, 3, 1, 8]) ?? noSums(3))).toBeDefined()
    const latent = latentOf([1, 3, 4, 4], 3)
    latent.data[5] = Number.NaN
    const image = pictureOf(latent)
    image.data[0] = Number.POSITIVE_INFINITY
    expect(addPicture(noSums(3), latent, image)?.pixels).toBe(14)
  })

  it('lets old pictures fade', () => {
    const full = { ...(taught([1, 3, 8, 8]) ?? noSums(3)), pixels: 2 ** 20 }
    const latent = latentOf([1, 3, 8, 8], 2)
    const more = addPicture(full, latent, pictureOf(latent))
    expect(more?.pixels).toBe((2 ** 20 + 64) / 2)
  })

  it.each([
    [
      [1, 3, 4, 4],
      [1, 8, 8, 1],
    ],
    [
      [1, 3, 4, 4],
      [2, 8, 8, 3],
    ],
    [
      [1, 3, 4, 4],
      [1, 9, 8, 3],
    ],
    [
      [1, 3, 4, 4],
      [1, 8, 9, 3],
    ],
    [
      [1, 4, 4, 4],
      [1, 8, 8, 3],
    ],
    [
      [1, 3, 2, 4, 4],
      [1, 8, 8, 3],
    ],
    [[], []],
  ])('learns nothing from %j and %j', (latent, image) => {
    expect(addPicture(noSums(3), floatTensor(latent), floatTensor(image))).toBeUndefined()
  })
})

describe('a picture without colours', () => {
  /** Channel 1 differs most: light at the right. */
  const latent = floatTensor([1, 2, 1, 4], Float32Array.of(0.1, -0.1, 0.1, -0.1, -3, -1, 1, 3))

  it('shows the direction in which pixels differ most, and keeps its light side', () => {
    const first = principalMap(latent)
    const paint = (map: typeof first): readonly number[] =>
      [0, 1, 2, 3].map((at) =>
        (map?.map.factors ?? []).reduce(
          (sum, [red], c) => sum + red * (latent.data[c * 4 + at] ?? 0),
          map?.map.bias[0] ?? Number.NaN,
        ),
      )
    const [a = 0, b = 0, c = 0, d = 0] = paint(first)
    expect([a < b, b < c, c < d, a > 0, d < 1]).toEqual([true, true, true, true, true])
    const turned = principalMap(
      latent,
      first?.direction.map((value) => -value),
    )
    expect(paint(turned)[0]).toBeCloseTo(1 - a)
  })

  it.each([[[1, 2, 1, 4]], [[0, 2, 1, 4]], [[1, 2, 0, 0]], [[2, 3]]])(
    'is not there for %j of zeros',
    (shape) => {
      expect(principalMap(floatTensor(shape))).toBeUndefined()
    },
  )

  it('is not there for what is no number', () => {
    expect(principalMap(floatTensor([1, 1, 1, 2], Float32Array.of(Number.NaN, 1)))).toBeUndefined()
  })
})
