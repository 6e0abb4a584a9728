import { createRuntime, type Runtime } from '@dicache/runtime'
import { decoderGraph, detectAutoencoder } from '@dicache/models'
import { type FloatTensor, floatTensor, type OpenGraph } from '@dicache/tensor'
import { openWeights } from '@dicache/weights'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { remakeCase } from '../testing/remade-case.ts'
import { fixtureFolder, runCheck } from '../testing/run-check.ts'
import { checkAutoencoder, coversAutoencoder } from './autoencoder.ts'

let runtime: Runtime

beforeAll(async () => {
  runtime = await createRuntime({ device: 'cpu' })
})
afterAll(() => runtime.dispose())

const EXPECTED = ['encode/mean', 'encode/logvar', 'decode/image', 'encode/model_latent']

test('moments, model latent and picture match the reference', async () => {
  const checks = await runCheck(fixtureFolder('flux-ae'), checkAutoencoder, runtime.openGraph)
  expect(checks.filter(({ ok }) => !ok)).toEqual([])
  expect(checks.map(({ name }) => name).toSorted()).toEqual(EXPECTED.toSorted())
})

test("the same numbers come from diffusers' naming, with its attention as matrices", async () => {
  await using folder = await remakeCase('flux-ae', (name, tensor) => {
    const renamed = diffusersName(name)
    const matrix = /\.to_(q|k|v|out\.0)\.weight$/.test(renamed)
    return { [renamed]: matrix ? { ...tensor, shape: tensor.shape.slice(0, 2) } : tensor }
  })
  const checks = await runCheck(folder.path, checkAutoencoder, runtime.openGraph)
  expect(checks.filter(({ ok }) => !ok)).toEqual([])
  expect(checks).toHaveLength(EXPECTED.length)
})

test('a picture whose columns are mirrored does not pass', async () => {
  const mirrored: OpenGraph = async (source, signal) => {
    const session = await runtime.openGraph(source, signal)
    const mirror = (tensor: FloatTensor): FloatTensor => {
      const width = tensor.shape.at(-1) ?? 1
      const data = tensor.data.map((_, n) => tensor.data[n - (n % width) + (width - 1 - (n % width))] ?? 0)
      return floatTensor(tensor.shape, data)
    }
    return {
      run: (inputs, options) =>
        session.run(
          Object.fromEntries(
            Object.entries(inputs).map(([name, tensor]) => [
              name,
              tensor.dtype === 'float32' ? mirror(tensor) : tensor,
            ]),
          ),
          options,
        ),
    }
  }
  const checks = await runCheck(fixtureFolder('flux-ae'), checkAutoencoder, mirrored)
  expect(checks.every(({ ok }) => !ok)).toBe(true)
})

test('one session decodes every batch and size, each sample by itself', async () => {
  await using file = await openWeights(`${fixtureFolder('flux-ae')}/weights.safetensors`)
  const config = detectAutoencoder(file)
  if (config === undefined) throw new Error('not recognised')
  const session = await runtime.openGraph(
    decoderGraph({ file, config, compute: 'float32', weights: 'resident' }, 'sizes'),
  )
  const decode = async (latent: FloatTensor): Promise<FloatTensor> => {
    const { image } = await session.run({ latent })
    if (image?.dtype !== 'float32') throw new Error('no image')
    return image
  }
  const sample = (seed: number, shape: readonly number[]): FloatTensor =>
    floatTensor(
      shape,
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, n) => Math.sin(seed + 0.7 * n)),
    )
  const [one, two] = [sample(1, [1, 16, 3, 5]), sample(2, [1, 16, 3, 5])]
  const both = await decode(floatTensor([2, 16, 3, 5], Float32Array.from([...one.data, ...two.data])))
  expect(both.shape).toEqual([2, 3, 24, 40])
  const alone = await decode(two)
  const second = both.data.subarray(both.data.length / 2)
  expect(Math.max(...alone.data.map((value, n) => Math.abs(value - (second[n] ?? Number.NaN))))).toBeLessThan(
    1e-5,
  )
  expect((await decode(sample(3, [1, 16, 7, 2]))).shape).toEqual([1, 3, 56, 16])
})

test('covers autoencoders over pictures, and no other', () => {
  expect(coversAutoencoder({ config: { ch: 32, ch_mult: [1, 2], z_channels: 16 } })).toBe(true)
  expect(coversAutoencoder({ config: { dim: 8, z_dim: 16, dim_mult: [1, 2] } })).toBe(false)
  expect(coversAutoencoder({ config: { latent_channels: 16, width: 16 } })).toBe(false)
})

/** diffusers' name of a tensor in a file of four levels. */
function diffusersName(name: string): string {
  return name
    .replace(/\.down\.(\d)\.block\./, '.down_blocks.$1.resnets.')
    .replace(/\.down\.(\d)\.downsample\.conv/, '.down_blocks.$1.downsamplers.0.conv')
    .replace(/\.up\.(\d)\.block\./, (_, level: string) => `.up_blocks.${3 - Number(level)}.resnets.`)
    .replace(
      /\.up\.(\d)\.upsample\.conv/,
      (_, level: string) => `.up_blocks.${3 - Number(level)}.upsamplers.0.conv`,
    )
    .replace('.nin_shortcut.', '.conv_shortcut.')
    .replace(/\.mid\.block_(\d)\./, (_, block: string) => `.mid_block.resnets.${Number(block) - 1}.`)
    .replace('.mid.attn_1.norm.', '.mid_block.attentions.0.group_norm.')
    .replace(/\.mid\.attn_1\.(q|k|v)\./, '.mid_block.attentions.0.to_$1.')
    .replace('.mid.attn_1.proj_out.', '.mid_block.attentions.0.to_out.0.')
    .replace('.norm_out.', '.conv_norm_out.')
}
