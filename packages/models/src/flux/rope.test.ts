import { expect, it } from 'vitest'
import { fluxIds, ropeTables } from './rope.ts'

it('numbers text tokens 0 0 0, and image tokens by row and column', () => {
  const ids = fluxIds(2, { rows: 2, columns: 3 })
  expect(ids.shape).toEqual([8, 3])
  expect([...ids.data]).toEqual(
    [
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 1],
      [0, 0, 2],
      [0, 1, 0],
      [0, 1, 1],
      [0, 1, 2],
    ].flat(),
  )
})

it('turns pair j of an axis by id · θ^(−2j/d)', () => {
  const { cos, sin } = ropeTables(fluxIds(0, { rows: 3, columns: 4 }), [2, 4, 6], 10_000)
  expect([cos.shape, sin.shape]).toEqual([
    [12, 6],
    [12, 6],
  ])
  // Token 11 is row 2, column 3; the first axis is never used.
  const angles = [0, 2, 2 * 10_000 ** (-2 / 4), 3, 3 * 10_000 ** (-2 / 6), 3 * 10_000 ** (-4 / 6)]
  const row = ({ data }: typeof cos): readonly number[] => [...data.subarray(11 * 6)]
  expect(row(cos)).toEqual(angles.map((angle) => Math.fround(Math.cos(angle))))
  expect(row(sin)).toEqual(angles.map((angle) => Math.fround(Math.sin(angle))))
})
