import { expect, test } from 'vitest'
import { lagrangeBasis, lagrangeIntegral } from './lagrange.ts'

test('a basis polynomial is 1 at its node and 0 at the others', () => {
  const nodes = [0.9, 0.5, 0.2]
  expect(nodes.map((node) => Math.abs(lagrangeBasis(nodes, 1, node)))).toEqual([0, 1, 0])
})

test('integrals with equal steps are the Adams-Bashforth weights', () => {
  const nodes = [0, -1, -2, -3]
  const weights = nodes.map((_, i) => lagrangeIntegral(nodes, i, [0, 1]))
  for (const [i, weight] of [55 / 24, -59 / 24, 37 / 24, -9 / 24].entries()) {
    expect(weights[i]).toBeCloseTo(weight, 13)
  }
})
