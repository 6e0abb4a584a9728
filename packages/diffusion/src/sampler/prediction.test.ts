import { floatTensor } from '@dicache/tensor'
import { expect, test } from 'vitest'
import { derivative, noiseLatent, unscaleLatent, velocityToDenoised } from './prediction.ts'

const latent = floatTensor([1, 4], Float32Array.of(1, -2, 0.5, 3))
const noise = floatTensor([1, 4], Float32Array.of(0.25, 1, -1, 2))
const velocity = floatTensor([1, 4], Float32Array.of(-0.75, 3, -1.5, -1))

test('x₀, velocity and derivative agree on a noised latent', () => {
  const x = noiseLatent(latent, noise, 0.25)
  expect(velocityToDenoised(x, velocity, 0.25).data).toEqual(latent.data)
  expect(derivative(x, latent, 0.25).data).toEqual(velocity.data)
})

test('σ = 1 starts from the noise alone, σ = 0 from the latent', () => {
  expect(noiseLatent(latent, noise, 1).data).toEqual(noise.data)
  expect(noiseLatent(latent, noise, 0).data).toEqual(latent.data)
})

test('a run that ends with leftover noise is continued by adding none', () => {
  const x = noiseLatent(latent, noise, 0.25)
  const handedOn = unscaleLatent(x, 0.25)
  const again = noiseLatent(handedOn, floatTensor([1, 4]), 0.25)
  for (const [i, value] of x.data.entries()) expect(again.data[i]).toBeCloseTo(value, 6)
  expect(unscaleLatent(x, 0)).toBe(x)
})
