import { isSamplerName, type Sample, samplers } from '@dicache/diffusion'
import { scale } from '@dicache/tensor'
import { beforeAll, describe, expect, test } from 'vitest'
import type { CaseReader } from '../check.ts'
import { readFixture } from '../testing/read-fixture.ts'
import { checkSampler, checkSamplers } from './sampler.ts'

let c: CaseReader
beforeAll(async () => {
  c = await readFixture('samplers')
})

test('every evaluation and result of every sampler is the reference’s', async () => {
  const checks = await Array.fromAsync(checkSampler(c))
  expect(checks.filter((check) => !check.ok)).toEqual([])
  // Nine parameters of the denoisers, the start, two noise lists, three of img2img and two of cfg are inputs.
  const inputs = 9 + 1 + 2 + 3 + 2
  expect(checks).toHaveLength(c.tensorNames.length - inputs)
})

describe('a deliberate mistake shows', () => {
  const perSampler = recordedSamplers().map((name) => [name] as const)

  test.each(perSampler)('%s with a prediction that is wrong by one part in a thousand', async (name) => {
    const only = {
      ...c,
      tensorNames: c.tensorNames.filter(
        (tensor) => tensor.startsWith('denoiser/') || tensor.startsWith(`n8/${name}/linear/`),
      ),
    }
    const wrong: Sample = (denoise, ...rest) =>
      samplers[name].sample(async (x, sigma, info) => scale(await denoise(x, sigma, info), 1.001), ...rest)
    const checks = await Array.fromAsync(
      checkSamplers(only, { [name]: { ...samplers[name], sample: wrong } }),
    )
    const failed = checks.filter((check) => !check.ok).map((check) => check.name.split('/').at(-1))
    expect(new Set(failed)).toEqual(new Set(['eval_x', 'eval_x0', 'final']))
  })

  test('one sampler in the place of another', async () => {
    const only = {
      ...c,
      tensorNames: c.tensorNames.filter((tensor) => /^(?:denoiser|n8\/euler\/mlp)\//.test(tensor)),
    }
    const checks = await Array.fromAsync(checkSamplers(only, { euler: samplers.dpmpp_2m }))
    const final = checks.find((check) => check.name.endsWith('final'))
    expect(final?.worst).toBeGreaterThan(100 * (final?.tolerance ?? Number.NaN))
  })
})

test('tensors that are not known fail', async () => {
  const names = [
    'n8/turbo/linear/final',
    'n8/euler/cubic/final',
    'n8/euler/linear/eval_v',
    'n8/turbo/sigmas',
    'inpaint/x',
  ]
  const known = await c.tensor('x_start')
  const strange: CaseReader = {
    ...c,
    tensorNames: [...c.tensorNames.filter((tensor) => tensor.startsWith('denoiser/')), ...names],
    tensor: (name) => (names.includes(name) ? Promise.resolve(known) : c.tensor(name)),
  }
  const checks = await Array.fromAsync(checkSampler(strange))
  expect(checks.map(({ name, ok }) => [name, ok])).toEqual(names.map((name) => [name, false]))
})

/** ComfyUI's samplers that the case has; `ddim` is `euler` there. */
function recordedSamplers(): readonly (keyof typeof samplers)[] {
  return Object.keys(samplers).filter(
    (name) => isSamplerName(name) && name !== 'ddim',
  ) as (keyof typeof samplers)[]
}
