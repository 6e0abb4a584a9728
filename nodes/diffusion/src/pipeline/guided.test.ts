import type { Denoise } from '@dicache/diffusion'
import { type FloatTensor, floatTensor } from '@dicache/tensor'
import { expect, it } from 'vitest'
import { guided } from './guided.ts'
import type { GuiderBranch } from './guider.ts'
import { denoiseMasked } from './noise-mask.ts'

const tensor = (...values: readonly number[]): FloatTensor =>
  floatTensor([1, 1, 1, values.length], Float32Array.from(values))
const at = { step: 0, order: 0 }

/** A model whose velocity is 1 for the first branch, 2 for the second, and so on. */
const forward = (x: FloatTensor): Promise<FloatTensor> => {
  const width = x.shape[3] ?? 1
  return Promise.resolve(
    floatTensor(
      x.shape,
      x.data.map((_, index) => 1 + Math.floor(index / width)),
    ),
  )
}
const branches = (...weights: readonly number[]): readonly GuiderBranch[] =>
  weights.map((weight, n) => ({
    name: String(n),
    entry: { context: tensor(0) },
    weightAt: (sigma) => (sigma < 0.5 ? 0 : weight),
  }))

it.each([
  [[1], 1, [3, 7]], // x − σ·1
  [[3, -2], 1, [5, 9]], // velocity 3·1 − 2·2 = −1
  [[2, -1.5, 0.5], 0.5, [3.75, 7.75]], // 2 − 3 + 1.5 = 0.5
])('mixes branches by their weights %j at %d', async (weights, sigma, wanted) => {
  const { data } = await guided(forward, branches(...weights))(tensor(4, 8), sigma, at)
  expect([...data]).toEqual(wanted)
})

it('predicts nothing where no prompt has its time', async () => {
  const { data } = await guided(forward, branches(3, -2))(tensor(4, 8), 0.25, at)
  expect([...data]).toEqual([0, 0])
})

it('shows the model the kept part at the noise of the step, and gives it back as it was', async () => {
  let seen: readonly number[] = []
  const denoise: Denoise = (x) => {
    seen = [...x.data]
    return Promise.resolve(tensor(100, 200))
  }
  const kept = { latent: tensor(10, 20), noise: tensor(1, 2), mask: tensor(0, 1) }
  const { data } = await denoiseMasked(denoise, kept)(tensor(-1, -2), 0.5, at)
  expect(seen).toEqual([5.5, -2])
  expect([...data]).toEqual([10, 200])
})
