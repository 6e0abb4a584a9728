import { expect, test } from 'vitest'
import { solveLinear } from './solve-linear.ts'

test('solves a system that needs its rows exchanged', () => {
  const matrix = [
    [0, 2, 1],
    [1, -1, 3],
    [4, 0, 2],
  ]
  const x = solveLinear(matrix, [7, 8, 10])
  const product = matrix.map((row) => row.reduce((sum, value, i) => sum + value * (x[i] ?? 0), 0))
  for (const [i, value] of [7, 8, 10].entries()) expect(product[i]).toBeCloseTo(value, 12)
})

test('an empty system has an empty solution, a singular one none', () => {
  expect(solveLinear([], [])).toEqual([])
  expect(() =>
    solveLinear(
      [
        [1, 2],
        [2, 4],
      ],
      [1, 2],
    ),
  ).toThrow('singular')
})
