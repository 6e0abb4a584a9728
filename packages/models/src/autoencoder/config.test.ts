import { expect, it } from 'vitest'
import { headerOnly, openFixture, renamed, shapesOf } from '../testing/header-only.ts'
import { describeAutoencoder, detectAutoencoder } from './config.ts'

it("reads every size of FLUX's autoencoder off its shapes", async () => {
  await using file = await openFixture('flux-ae/weights.safetensors')
  const level = (channels: number, blocks: number): object => ({ channels, blocks })
  const config = detectAutoencoder(file)
  expect(config).toEqual({
    layout: 'bfl',
    prefix: '',
    imageChannels: 3,
    latentChannels: 16,
    encoder: { levels: [32, 32, 64, 64].map((channels) => level(channels, 1)), attention: true },
    decoder: { levels: [32, 32, 64, 64].map((channels) => level(channels, 2)), attention: true },
    downscale: 8,
    quantConvs: false,
    groups: 32,
    epsilon: 1e-6,
    scale: 0.3611,
    shift: 0.1159,
  })
  const words = 'KL autoencoder, 3 channels ↔ 16 at 1/8, widths 32, 32, 64, 64'
  expect(config === undefined ? '' : describeAutoencoder(config)).toBe(words)
})

it('believes metadata where shapes are silent, and the caller above it', async () => {
  await using file = await openFixture('flux-ae/weights.safetensors')
  const metadata = { config: '{"norm_groups": 8, "scale_factor": 0.5, "shift_factor": 0.25}' }
  const declared = headerOnly(shapesOf(file), metadata)
  expect(detectAutoencoder(declared)).toMatchObject({ groups: 8, scale: 0.5, shift: 0.25 })
  const diffusers = { norm_num_groups: 16, scaling_factor: 2, shift_factor: 1 }
  expect(detectAutoencoder(file, diffusers)).toMatchObject({ groups: 16, scale: 2, shift: 1 })
})

it('knows the four-channel autoencoders of Stable Diffusion, under a prefix', () => {
  const shapes = renamed(decoderOnly(4), (name) => `first_stage_model.${name}`)
  expect(detectAutoencoder(headerOnly(shapes))).toMatchObject({
    prefix: 'first_stage_model.',
    latentChannels: 4,
    quantConvs: true,
    encoder: undefined,
    downscale: 2,
    scale: 0.18215,
    shift: 0,
  })
})

it('takes nothing else for one', async () => {
  for (const other of ['t5', 'clip-l', 'flux-dev']) {
    await using file = await openFixture(`${other}/weights.safetensors`)
    expect([other, detectAutoencoder(file)]).toEqual([other, undefined])
  }
  const video = Object.entries(decoderOnly(16)).map(([name, shape]) => [
    name,
    shape.length === 4 ? [...shape, 3] : shape,
  ])
  expect(detectAutoencoder(headerOnly(Object.fromEntries(video)))).toBeUndefined()
})

function decoderOnly(latentChannels: number): Readonly<Record<string, readonly number[]>> {
  return {
    'post_quant_conv.weight': [latentChannels, latentChannels, 1, 1],
    'decoder.conv_in.weight': [64, latentChannels, 3, 3],
    'decoder.mid.block_1.conv1.weight': [64, 64, 3, 3],
    'decoder.up.0.block.0.conv1.weight': [32, 64, 3, 3],
    'decoder.up.1.block.0.conv1.weight': [64, 64, 3, 3],
    'decoder.conv_out.weight': [3, 32, 3, 3],
  }
}
