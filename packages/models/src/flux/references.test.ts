import { floatTensor } from '@dicache/tensor'
import { expect, it } from 'vitest'
import type { ReferenceMethod } from '../transformer.ts'
import { packReferences, referenceIds } from './references.ts'

const latent = (height: number, width: number): ReturnType<typeof floatTensor> =>
  floatTensor(
    [1, 1, height, width],
    Float32Array.from({ length: height * width }, (_, n) => n),
  )

/** The first place of each reference: index, row, column. */
function places(method: ReferenceMethod, sizes: readonly (readonly [number, number])[]): unknown {
  const latents = sizes.map(([height, width]) => latent(height, width))
  const ids = referenceIds({ latents, method }, { height: 6, width: 10 })
  let token = 0
  return sizes.map(([height, width]) => {
    const first = [...ids.data.subarray(token * 3, token * 3 + 3)]
    token += Math.ceil(height / 2) * Math.ceil(width / 2)
    return first
  })
}

// Held to a reference implementation by the fixture flux-references; these are the rules.
it('offset puts each where the whole stays smaller', () => {
  expect(places('offset', [[4, 8]])).toEqual([[1, 0, 0]])
  // A wide one goes below, a tall one beside.
  const wide = [
    [4, 8],
    [2, 8],
  ] as const
  expect(places('offset', wide)).toEqual([
    [1, 0, 0],
    [1, 2, 0],
  ])
  const tall = [
    [4, 8],
    [8, 2],
  ] as const
  expect(places('offset', tall)).toEqual([
    [1, 0, 0],
    [1, 0, 4],
  ])
  // Half a token counts as one.
  const odd = [
    [3, 8],
    [2, 8],
  ] as const
  expect(places('offset', odd)).toEqual([
    [1, 0, 0],
    [1, 2, 0],
  ])
})

it('index numbers them, uxo moves them past the image and each other', () => {
  const two = [
    [4, 8],
    [2, 6],
  ] as const
  expect(places('index', two)).toEqual([
    [1, 0, 0],
    [2, 0, 0],
  ])
  expect(places('uxo', two)).toEqual([
    [0, 3, 5],
    [0, 5, 9],
  ])
})

it('fills an odd side up with its first row and column', () => {
  const tokens = packReferences([latent(3, 3), latent(2, 2)])
  expect(tokens.shape).toEqual([1, 5, 4])
  expect([...tokens.data]).toEqual([0, 1, 3, 4, 2, 0, 5, 3, 6, 7, 0, 1, 8, 6, 2, 0, 0, 1, 2, 3])
})
