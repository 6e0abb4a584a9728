import { expect, it } from 'vitest'
import {
  exponentialSigmas,
  karrasSigmas,
  laplaceSigmas,
  polyexponentialSigmas,
  vpSigmas,
} from './sigma-curves.ts'
import { betaSchedule } from './table-schedules.ts'

const bounds = { steps: 5, max: 1, min: 0.03 }

// The formulas in torch 2.13, float32.
it.each([
  ['karras', karrasSigmas({ ...bounds, rho: 7 }), [1, 0.48387, 0.215248, 0.086109, 0.03, 0]],
  ['exponential', exponentialSigmas(bounds), [1, 0.416179, 0.173205, 0.072084, 0.03, 0]],
  [
    'polyexponential',
    polyexponentialSigmas({ ...bounds, rho: 2 }),
    [1, 0.215646, 0.072084, 0.037351, 0.03, 0],
  ],
  ['laplace', laplaceSigmas({ ...bounds, max: 14.6, mu: 0, beta: 0.5 }), [14.6, 1.414199, 1, 0.707114, 0.03]],
  [
    'vp',
    vpSigmas({ steps: 5, betaD: 19.9, betaMin: 0.1, last: 0.001 }),
    [152.166977, 17.04912, 3.422245, 0.957527, 0.010486, 0],
  ],
] as const)('%s', (_, sigmas, wanted) => {
  expect([...sigmas]).toEqual(wanted.map((sigma) => expect.closeTo(sigma, 4)))
  expect(sigmas.every((sigma) => Math.fround(sigma) === sigma)).toBe(true)
})

it('beta wants a distribution', () => {
  const sampling = { kind: 'flow', shift: 1, multiplier: 1 } as const
  expect(betaSchedule(sampling, 4, { alpha: 1, beta: 1 })).toEqual(
    [1, 0.75, 0.501, 0.251, 0].map(Math.fround),
  )
  for (const bad of [0, -1, Number.NaN])
    expect(() => betaSchedule(sampling, 4, { alpha: bad, beta: 1 })).toThrow(RangeError)
})
