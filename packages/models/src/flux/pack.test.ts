import { floatTensor } from '@dicache/tensor'
import { expect, it } from 'vitest'
import { packLatent, unpackLatent } from './pack.ts'

const numbered = (shape: readonly number[]): ReturnType<typeof floatTensor> =>
  floatTensor(
    shape,
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, n) => n),
  )

it('orders a token by channel, row, column, and tokens by row, column', () => {
  const tokens = packLatent(numbered([1, 2, 2, 4]))
  expect(tokens.shape).toEqual([1, 2, 8])
  // Channel 0 holds 0 … 7 in rows of four, channel 1 holds 8 … 15.
  expect([...tokens.data]).toEqual([0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15])
})

it('comes back as it was', () => {
  const latent = numbered([2, 16, 4, 6])
  expect(unpackLatent(packLatent(latent), latent.shape)).toEqual(latent)
})
