import { readFileSync } from 'node:fs'
import { type FloatTensor, floatTensor } from '@dicache/tensor'
import { describe, expect, it } from 'vitest'
import { mapTiled } from './tiles.ts'

type Case = {
  readonly map: 'double' | 'quarter'
  readonly size: number
  readonly overlap: number
  readonly scale: number
  readonly shape: readonly number[]
  readonly values: readonly number[]
}
const { cases } = JSON.parse(readFileSync(new URL('testing/tiles.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly Case[]
}

const counted = (shape: readonly number[], step: number, modulus: number): FloatTensor =>
  floatTensor(
    shape,
    Float32Array.from(
      { length: shape.reduce((a, b) => a * b, 1) },
      (_, n) => ((n * step) % modulus) / (modulus - 1),
    ),
  )
const INPUT = { double: counted([2, 2, 9, 13], 37, 101), quarter: counted([1, 1, 24, 40], 53, 97) }

/** Each depends on the whole tile, so that seams show: pixels doubled, plus the mean; means of 4 × 4, less the largest. */
const MAP: Readonly<Record<Case['map'], (tile: FloatTensor) => FloatTensor>> = {
  double(tile) {
    const [, channels = 0, height = 0, width = 0] = tile.shape
    const mean = tile.data.reduce((sum, value) => sum + value, 0) / tile.data.length
    const out = floatTensor([1, channels, 2 * height, 2 * width])
    out.data.forEach((_, n) => {
      const [row, column] = [Math.floor(n / (2 * width)), n % (2 * width)]
      out.data[n] = (tile.data[Math.floor(row / 2) * width + Math.floor(column / 2)] ?? 0) + mean
    })
    return out
  },
  quarter(tile) {
    const [, , height = 0, width = 0] = tile.shape
    const out = floatTensor([1, 1, height / 4, width / 4])
    const largest = tile.data.reduce((a, b) => Math.max(a, b))
    tile.data.forEach((value, n) => {
      const to = Math.floor(n / width / 4) * (width / 4) + Math.floor((n % width) / 4)
      out.data[to] = (out.data[to] ?? 0) + value / 8
    })
    return floatTensor(
      out.shape,
      out.data.map((value) => value - largest),
    )
  },
}

describe('a function in tiles', () => {
  it.each(cases)('$map in tiles of $size, $overlap in common', async (one) => {
    const { map, size, overlap, scale, shape, values } = one
    const result = await mapTiled(
      INPUT[map],
      { width: size, height: size, overlap, scale },
      { map: (tile) => Promise.resolve(MAP[map](tile)) },
    )
    expect(result.shape).toEqual(shape)
    const found = [...result.data].filter((_, n) => n % 3 === 0)
    found.forEach((value, n) => expect(Math.abs(value - (values[n] ?? Number.NaN))).toBeLessThan(2e-5))
  })

  it('never sees more than a tile, and tells how far it is', async () => {
    const seen: number[] = []
    const told: string[] = []
    await mapTiled(
      counted([1, 1, 50, 70], 3, 7),
      { width: 16, height: 16, overlap: 4, scale: 2 },
      {
        map(tile) {
          seen.push(tile.data.length)
          return Promise.resolve(MAP.double(tile))
        },
        onTile: (done, total) => told.push(`${done}/${total}`),
      },
    )
    expect(Math.max(...seen)).toBe(16 * 16)
    expect(told).toEqual(seen.map((_, n) => `${n + 1}/${seen.length}`))
  })
})
