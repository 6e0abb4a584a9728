import { describe, expect, test } from 'vitest'
import { type ModelSampling, sigmaTable, timestepOfSigma } from './model-sampling.ts'
import { diffusersUniPcSchedule, fluxSchedule, wanSchedule } from './official-schedules.ts'
import { muOfSize, muOfTokens } from './resolution-shift.ts'
import { isSchedulerName, type SchedulerName, schedulers, sigmasFor } from './schedulers.ts'

const flow: ModelSampling = { kind: 'flow', shift: 3, multiplier: 1000 }
const flux: ModelSampling = { kind: 'flux', shift: 1.15 }
const names = Object.keys(schedulers).filter(isSchedulerName)

describe.each(names)('%s', (scheduler) => {
  test.each([flow, flux])('goes down from 1 to 0 in float32: $kind', (sampling) => {
    const sigmas = sigmasFor({ sampling, scheduler, steps: 12 })
    expect(sigmas.at(0)).toBeGreaterThan(0.99)
    expect(sigmas.at(-1)).toBe(0)
    expect(sigmas).toEqual(sigmas.toSorted((a, b) => b - a))
    expect(new Set(sigmas).size).toBe(sigmas.length)
    expect(sigmas).toEqual(sigmas.map(Math.fround))
  })

  test('keeps the end of a longer list when it denoises partly', () => {
    const whole = sigmasFor({ sampling: flow, scheduler, steps: 20 })
    const half = sigmasFor({ sampling: flow, scheduler, steps: 10, denoise: 0.5 })
    expect(half).toEqual(whole.slice(-11))
    expect(sigmasFor({ sampling: flow, scheduler, steps: 20, denoise: 0.99995 })).toEqual(whole)
  })

  test('leaves out the last sigma before 0 for samplers that want it', () => {
    const longer = sigmasFor({ sampling: flow, scheduler, steps: 13 })
    const dropped = sigmasFor({ sampling: flow, scheduler, steps: 12, dropPenultimate: true })
    expect(dropped).toEqual(longer.toSpliced(-2, 1))
  })
})

test('the number of steps must be whole and positive, and no denoising needs no sigma', () => {
  const request = { sampling: flow, scheduler: 'simple' as SchedulerName }
  expect(() => sigmasFor({ ...request, steps: 0 })).toThrow(RangeError)
  expect(() => sigmasFor({ ...request, steps: 2.5 })).toThrow(RangeError)
  expect(sigmasFor({ ...request, steps: 4, denoise: 0 })).toEqual([])
})

test('kl_optimal says that it is not defined for one step', () => {
  expect(() => sigmasFor({ sampling: flow, scheduler: 'kl_optimal', steps: 1 })).toThrow('one step')
})

test('normal keeps its length when the shift makes σ_min vanish', () => {
  const sampling: ModelSampling = { kind: 'flow', shift: 0.05, multiplier: 1000 }
  const sigmas = sigmasFor({ sampling, scheduler: 'normal', steps: 5 })
  expect(sigmas).toHaveLength(6)
  expect(sigmas.at(-2)).toBeGreaterThan(1e-5)
})

test('tables ascend to 1; the timestep is σ·multiplier for flow models and σ for FLUX', () => {
  expect(sigmaTable(flow)).toHaveLength(1000)
  expect(sigmaTable(flux)).toHaveLength(10_000)
  expect(sigmaTable(flow).at(-1)).toBe(1)
  expect(timestepOfSigma(flow, 0.5)).toBe(500)
  expect(timestepOfSigma(flux, 0.5)).toBe(0.5)
})

test('μ is FLUX’s at its two anchor sizes and grows with the area', () => {
  expect(muOfTokens(256)).toBe(0.5)
  expect(muOfSize(1024, 1024)).toBeCloseTo(1.15, 12)
  expect(muOfSize(512, 2048)).toBe(muOfSize(1024, 1024))
  expect(muOfTokens(4096, { maxShift: 3, baseShift: 1 })).toBe(3)
})

test('official lists: schnell is even, Wan’s timesteps are whole, UniPC starts just below 1', () => {
  expect(fluxSchedule(4)).toEqual([1, 0.75, 0.5, 0.25, 0])
  expect(wanSchedule(4, 5).timesteps).toEqual([999, 937, 833, 624])
  expect(diffusersUniPcSchedule(4, 5).sigmas.at(0)).toBe(Math.fround(1 - 1e-6))
})
