import { createTorchGenerator, type FloatTensor, meanAbsDifference, weightedSum } from '@dicache/tensor'
import { describe, expect, test } from 'vitest'
import { convergenceOrder, createGaussian } from '../testing/gaussian.ts'
import { defineSampler } from './define-sampler.ts'
import { derivative, towards } from './prediction.ts'
import type { SamplerStep } from './sampler.ts'
import { isOfficialSamplerName, isSamplerName, officialSamplers, samplers } from './samplers.ts'

const everySampler = Object.entries({ ...samplers, ...officialSamplers })
const sigmas = [1, 0.9, 0.75, 0.5, 0.25, 0]

function options(): { noise: (shape: readonly number[]) => FloatTensor } {
  return { noise: createTorchGenerator(7).randn }
}

describe.each(everySampler)('%s', (_, { sample, evaluationsPerStep, stochastic }) => {
  test('gives the same result again, leaves its input alone and reports every step', async () => {
    const { denoise, noise } = createGaussian()
    const before = Float32Array.from(noise.data)
    const events: SamplerStep[] = []
    const first = await sample(denoise, noise, sigmas, {
      ...options(),
      onStep: (event) => void events.push(event),
    })
    const second = await sample(denoise, noise, sigmas, options())
    expect(second.data).toEqual(first.data)
    expect(noise.data).toEqual(before)
    expect(events.map(({ step, steps, sigma, next }) => [step, steps, sigma, next])).toEqual([
      [0, 5, 1, 0.9],
      [1, 5, 0.9, 0.75],
      [2, 5, 0.75, 0.5],
      [3, 5, 0.5, 0.25],
      [4, 5, 0.25, 0],
    ])
    expect(events.at(-1)?.x).toBe(first)
  })

  test('tells the model which step it is in, inner evaluations by their order', async () => {
    const { denoise, calls, noise } = createGaussian()
    await sample(denoise, noise, sigmas, options())
    const starts = calls.filter(({ order }) => order === 0)
    expect(starts.map(({ step, sigma }) => [step, sigma])).toEqual(
      sigmas.slice(0, -1).map((sigma, step) => [step, sigma]),
    )
    const perStep = calls.reduce<number[]>(
      (count, { step }) => count.with(step, (count[step] ?? 0) + 1),
      [0, 0, 0, 0, 0],
    )
    expect(Math.max(...perStep)).toBe(evaluationsPerStep)
    for (const [i, { step, order }] of calls.entries()) {
      const previous = calls[i - 1]
      expect(order).toBe(previous?.step === step ? previous.order + 1 : 0)
    }
  })

  test('stops before the next evaluation when it is aborted', async () => {
    const { denoise, calls, noise } = createGaussian()
    const abort = new AbortController()
    const run = sample(denoise, noise, sigmas, {
      ...options(),
      signal: abort.signal,
      onStep: ({ step }) => {
        if (step === 1) abort.abort(new Error('enough'))
      },
    })
    await expect(run).rejects.toThrow('enough')
    expect(calls.every(({ step }) => step <= 1)).toBe(true)
  })

  test('gives the input back when there is no step, and any last sigma is fine', async () => {
    const { denoise, calls, noise } = createGaussian()
    expect(await sample(denoise, noise, [], options())).toBe(noise)
    expect(await sample(denoise, noise, [1], options())).toBe(noise)
    expect(calls).toEqual([])
    const partial = await sample(denoise, noise, [1, 0.9, 0.8], options())
    expect(partial.data.every(Number.isFinite)).toBe(true)
    const single = await sample(denoise, noise, [1, 0], options())
    expect(single.data.every(Number.isFinite)).toBe(true)
  })

  test(stochastic ? 'needs noise' : 'needs no noise', async () => {
    const { denoise, noise } = createGaussian()
    const ended = await sample(denoise, noise, sigmas).then(
      () => 'done',
      (error: unknown) => String(error),
    )
    expect(ended).toMatch(stochastic ? 'needs noise, and none was given' : 'done')
  })
})

/** The first step of a multistep method is of first order, so their error falls with the second power at best. */
const orders = {
  euler: 1,
  heun: 2,
  heunpp2: 1,
  dpm_2: 2,
  lms: 2,
  dpmpp_2m: 2,
  ipndm: 2,
  ipndm_v: 2,
  deis: 2,
  res_multistep: 2,
  gradient_estimation: 1,
  ddim: 1,
  uni_pc: 2,
  uni_pc_bh2: 2,
  wan_unipc: 2,
  wan_unipc_order3: 2,
  wan_dpmpp: 2,
}

test.each(Object.entries(orders))('%s converges with order %i', async (name, order) => {
  const { sample } = { ...samplers, ...officialSamplers }[name as keyof typeof orders]
  // The corrector makes UniPC's error so small that its order shows late.
  const steps = name.startsWith('wan_unipc') ? 128 : 64
  expect(await convergenceOrder(sample, steps)).toBeGreaterThan(order - 0.2)
})

test('a wrong weight shows: Heun’s method with 0.4 and 0.6 is of first order', async () => {
  const wrong = defineSampler('wrong', () => async ({ x, sigma, next, evaluate }) => {
    const denoised = await evaluate(x, sigma)
    const end = towards(x, denoised, next / sigma)
    const width = next - sigma
    const slopes = [
      derivative(x, denoised, sigma),
      derivative(end, await evaluate(end, next, 1), next),
    ] as const
    return { x: weightedSum([1, x], [0.4 * width, slopes[0]], [0.6 * width, slopes[1]]), denoised }
  })
  expect(await convergenceOrder(wrong, 64)).toBeLessThan(1.3)
})

test('with many steps every method without noise ends where the ODE does', async () => {
  const { denoise, noise, exactAt } = createGaussian()
  const fine = Array.from({ length: 201 }, (_, i) => 1 - i / 200)
  const errors: [string, number][] = []
  for (const [name, { sample, stochastic }] of everySampler) {
    if (stochastic) continue
    errors.push([name, meanAbsDifference(await sample(denoise, noise, fine), exactAt(0))])
  }
  expect(errors.length).toBeGreaterThan(20)
  expect(errors.filter(([, error]) => !(error < 0.01))).toEqual([])
})

test('the registry cannot be changed and knows its names', () => {
  expect(Object.isFrozen(samplers)).toBe(true)
  expect(Object.isFrozen(samplers.euler)).toBe(true)
  expect(isSamplerName('dpmpp_2m')).toBe(true)
  expect(isSamplerName('toString')).toBe(false)
  expect(isOfficialSamplerName('wan_unipc')).toBe(true)
  expect(isOfficialSamplerName('euler')).toBe(false)
  const dropping = Object.entries(samplers).flatMap(([name, entry]) => (entry.dropPenultimate ? [name] : []))
  expect(dropping.toSorted()).toEqual(['dpm_2', 'dpm_2_ancestral', 'uni_pc', 'uni_pc_bh2'])
})
