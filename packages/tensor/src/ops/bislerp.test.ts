import { expect, it } from 'vitest'
import { floatTensor } from '../tensor.ts'
import { bislerpPlane } from './bislerp.ts'

const latent = floatTensor([1, 2, 2, 3], Float32Array.of(1, 0, -1, 0.5, 2, 0, 0, 1, 0, 0.25, -1, 0))

// Computed with torch 2.13 from the formula, in float32.
it.each([
  [
    3,
    5,
    [
      1.0, 0.809017, 0.0, -0.809017, -1.0, 0.758656, 1.043243, 1.376382, 0.396124, -0.353553, 0.5, 1.224554,
      2.0, 0.470228, 0.0, 0.0, 0.587785, 1.0, 0.587785, 0.0, 0.179094, 0.393304, 0.850651, 0.651957, 0.0,
      0.25, 0.113879, -1.0, -0.235114, 0.0,
    ],
  ],
  [1, 2, [0.941306, -0.252018, 0.303875, -0.55217]],
])('turns vectors to %i × %i', (height, width, wanted) => {
  const scaled = bislerpPlane(latent, { height, width })
  expect(scaled.shape).toEqual([1, 2, height, width])
  expect([...scaled.data]).toEqual(wanted.map((value) => expect.closeTo(value, 5)))
})

it('keeps equal vectors, mixes opposite ones, and refuses other ranks', () => {
  const pair = floatTensor([1, 2, 1, 2], Float32Array.of(3, 3, 4, 4))
  expect([...bislerpPlane(pair, { height: 1, width: 3 }).data]).toEqual([3, 3, 3, 4, 4, 4])
  const longer = floatTensor([1, 2, 1, 2], Float32Array.of(3, 6, 4, 8))
  expect([...bislerpPlane(longer, { height: 1, width: 3 }).data]).toEqual([3, 3, 6, 4, 4, 8])
  const opposite = floatTensor([1, 1, 1, 2], Float32Array.of(1, -1))
  expect([...bislerpPlane(opposite, { height: 1, width: 3 }).data]).toEqual([1, 0, -1])
  expect(() => bislerpPlane(floatTensor([2, 2]), { height: 1, width: 1 })).toThrow(RangeError)
})
