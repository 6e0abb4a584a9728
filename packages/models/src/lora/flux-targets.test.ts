import { linearShapes } from '@dicache/weights'
import { expect, it } from 'vitest'
import { detectFlux } from '../flux/config.ts'
import { openFixture } from '../testing/header-only.ts'
import { fluxLoraTargets } from './flux-targets.ts'

it.each(['flux-dev', 'flux-schnell'])(
  'knows every linear layer of %s that its file stores, and no other',
  async (name) => {
    await using file = await openFixture(`${name}/weights.safetensors`)
    const config = detectFlux(file)
    if (config === undefined) throw new Error('not recognised')
    const byName = (shapes: ReadonlyMap<string, readonly number[]>): unknown =>
      Object.fromEntries([...shapes].toSorted(([a], [b]) => a.localeCompare(b)))
    expect(byName(fluxLoraTargets(config).bases)).toEqual(byName(linearShapes(file)))
  },
)

it('is the same for a file with diffusers’ keys', async () => {
  await using bfl = await openFixture('flux-dev/weights.safetensors')
  await using diffusers = await openFixture('flux-dev/weights.diffusers.safetensors')
  const [a, b] = [bfl, diffusers].map((file) => detectFlux(file))
  if (a === undefined || b === undefined) throw new Error('not recognised')
  expect(fluxLoraTargets(b)).toEqual(fluxLoraTargets(a))
})
