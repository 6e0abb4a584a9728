import { expect, test } from 'vitest'
import { betaQuantile, regularisedBeta } from './beta-quantile.ts'

const probabilities = [1e-6, 0.01, 0.2, 0.37, 0.5, 0.63, 0.9, 0.999]

test.each(probabilities)('closed forms at p = %d', (p) => {
  // a = b = 1/2 is the arcsine distribution; with b = 1 or a = 1 the distribution function is a power.
  expect(betaQuantile(p, 0.5, 0.5)).toBeCloseTo(Math.sin((Math.PI * p) / 2) ** 2, 13)
  expect(betaQuantile(p, 3, 1)).toBeCloseTo(p ** (1 / 3), 13)
  expect(betaQuantile(p, 1, 0.6)).toBeCloseTo(1 - (1 - p) ** (1 / 0.6), 13)
})

test.each(probabilities)('inverts the distribution function and is symmetric at p = %d', (p) => {
  expect(regularisedBeta(betaQuantile(p, 0.6, 0.6), 0.6, 0.6)).toBeCloseTo(p, 13)
  expect(betaQuantile(1 - p, 0.6, 0.6)).toBeCloseTo(1 - betaQuantile(p, 0.6, 0.6), 12)
})

test('the ends and the median of a symmetric distribution are exact', () => {
  expect([0, 0.5, 1].map((p) => betaQuantile(p, 0.6, 0.6))).toEqual([0, 0.5, 1])
})
