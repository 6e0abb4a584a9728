import { expect, it } from 'vitest'
import { relativeBuckets } from './relative-position.ts'

const sizes = { buckets: 32, maxDistance: 128 }

it('puts distances into the buckets that float32 arithmetic gives', () => {
  // [key − query, bucket]; computed with float32 logarithms, 8·2^k are the rounding-sensitive ones
  const known = [
    [0, 0],
    [1, 17],
    [7, 23],
    [8, 24],
    [11, 24],
    [12, 25],
    [15, 25],
    [16, 26],
    [22, 26],
    [23, 27],
    [31, 27],
    [32, 28],
    [45, 28],
    [46, 29],
    [63, 29],
    [64, 30],
    [90, 30],
    [91, 31],
    [127, 31],
    [128, 31],
    [500, 31],
  ] as const
  const { data, shape } = relativeBuckets(501, sizes)
  expect(shape).toEqual([501, 501])
  for (const [distance, bucket] of known) {
    expect([distance, data.at(distance)]).toEqual([distance, bucket])
    const earlier = bucket === 0 ? 0 : bucket - 16
    expect([-distance, data.at(distance * 501)]).toEqual([-distance, earlier])
  }
})

it('depends on the distance alone', () => {
  const { data } = relativeBuckets(20, sizes)
  for (let query = 1; query < 20; query += 1) {
    expect(data.slice(query * 20 + 1, query * 20 + 20)).toEqual(
      data.slice((query - 1) * 20, (query - 1) * 20 + 19),
    )
  }
})
