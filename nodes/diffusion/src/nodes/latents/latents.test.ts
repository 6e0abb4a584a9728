import type { ConditioningValue, LatentValue, NodeDefinition } from '@dicache/sdk'
import { nodeContract, type NodeSample, runNode } from '@dicache/sdk/testing'
import { type FloatTensor, floatTensor } from '@dicache/tensor'
import { describe, expect, it } from 'vitest'
import { hasPictureChannels } from '../../pipeline/conditioning-extra.ts'
import { fitNoiseMask } from '../../pipeline/noise-mask.ts'
import type { VaeValue } from '../../pipeline/values.ts'
import {
  inpaintModelConditioning,
  instructPixToPixConditioning,
  setLatentNoiseMask,
  vaeEncodeForInpaint,
} from './inpaint-nodes.ts'
import {
  emptyHunyuanLatentVideo,
  emptySd3LatentImage,
  latentComposite,
  latentUpscale,
  latentUpscaleBy,
  stableCascadeEmptyLatentImage,
  trimVideoLatent,
} from './latent-nodes.ts'

const tensor = (shape: readonly number[], fill: (at: number) => number): FloatTensor =>
  floatTensor(
    shape,
    floatTensor(shape).data.map((_, at) => fill(at)),
  )
const latent: LatentValue = { samples: tensor([1, 2, 8, 16], (at) => at) }
/** An autoencoder that gives a picture's first channel, a cell of 8 pixels at a time. */
const vae: VaeValue = {
  name: 'first',
  latentChannels: 1,
  scale: 8,
  decode: () => Promise.reject(new Error('not used')),
  encode: ({ shape, data }) => {
    const [batch = 0, height = 0, width = 0] = shape
    const cells = floatTensor([batch, 1, height / 8, width / 8])
    return Promise.resolve(
      floatTensor(
        cells.shape,
        cells.data.map((_, at) => {
          const [y, x] = [Math.floor(at / (width / 8)), at % (width / 8)]
          return data[(y * 8 * width + x * 8) * 3] ?? 0
        }),
      ),
    )
  },
}
const pixels = tensor([1, 18, 26, 3], () => 0.75)
const pixels16 = tensor([1, 16, 24, 3], () => 0.75)
const mask = tensor([1, 18, 26], (at) => (at % 26 > 12 ? 1 : 0))

async function run(
  node: NodeDefinition,
  inputs: Readonly<Record<string, unknown>>,
  params: Readonly<Record<string, unknown>> = {},
): Promise<LatentValue> {
  const { outputs } = await runNode(node, { inputs, params })
  return (outputs as { readonly latent: LatentValue }).latent
}

const prompts = { positive: [], negative: [] }
it.each<[string, NodeDefinition, NodeSample]>([
  ['LatentUpscale', latentUpscale, { inputs: { samples: latent } }],
  ['LatentUpscaleBy', latentUpscaleBy, { inputs: { samples: latent } }],
  ['LatentComposite', latentComposite, { inputs: { samples_to: latent, samples_from: latent } }],
  ['EmptySD3LatentImage', emptySd3LatentImage, {}],
  ['StableCascade_EmptyLatentImage', stableCascadeEmptyLatentImage, {}],
  [
    'InstructPixToPixConditioning',
    instructPixToPixConditioning,
    { inputs: { ...prompts, pixels: pixels16, vae } },
  ],
  ['EmptyHunyuanLatentVideo', emptyHunyuanLatentVideo, { params: { width: 32, height: 32 } }],
  ['TrimVideoLatent', trimVideoLatent, { inputs: { samples: { samples: floatTensor([1, 1, 2, 1, 1]) } } }],
  ['SetLatentNoiseMask', setLatentNoiseMask, { inputs: { samples: latent, mask } }],
  ['VAEEncodeForInpaint', vaeEncodeForInpaint, { inputs: { pixels, vae, mask } }],
  ['InpaintModelConditioning', inpaintModelConditioning, { inputs: { ...prompts, pixels, vae, mask } }],
])('%s keeps the contract', (_, node, sample) => nodeContract(node, sample))

describe('sizes', () => {
  it.each([
    [{ width: 64, height: 128 }, [1, 2, 16, 8]],
    [{ width: 20, height: 128 }, [1, 2, 16, 8]], // at least 64 pixels
    [{ width: 256, height: 0 }, [1, 2, 16, 32]],
    [{ width: 0, height: 256 }, [1, 2, 32, 64]],
    [{ width: 0, height: 0 }, [1, 2, 8, 16]],
  ])('%j makes %j of 8 × 16 cells', async (params, shape) => {
    // The aspect is taken in cells, and a side of 0 follows in pixels.
    expect((await run(latentUpscale, { samples: latent }, params)).samples.shape).toEqual(shape)
  })

  it('makes two grids for Stable Cascade', async () => {
    const params = { width: 1024, height: 768, compression: 42, batch_size: 2 }
    const { outputs } = await runNode(stableCascadeEmptyLatentImage, { inputs: {}, params })
    const { stage_c, stage_b } = outputs as Readonly<Record<'stage_c' | 'stage_b', LatentValue>>
    expect([stage_c.samples.shape, stage_b.samples.shape]).toEqual([
      [2, 16, 18, 24],
      [2, 4, 192, 256],
    ])
  })

  it('takes every method and crops', async () => {
    for (const upscale_method of ['nearest-exact', 'bilinear', 'area', 'bicubic', 'bislerp']) {
      const flat = { samples: tensor([1, 2, 4, 4], () => 2) }
      const { samples } = await run(latentUpscaleBy, { samples: flat }, { upscale_method, scale_by: 1.6 })
      expect(samples.shape).toEqual([1, 2, 6, 6])
      expect(samples.data.every((value) => Math.abs(value - 2) < 1e-5)).toBe(true)
    }
    const cut = await run(latentUpscale, { samples: latent }, { width: 64, height: 64, crop: 'center' })
    expect([...cut.samples.data.subarray(0, 3)]).toEqual([4, 5, 6])
    await expect(
      run(latentUpscaleBy, { samples: { samples: floatTensor([1, 1, 1, 1, 1]) } }),
    ).rejects.toMatchObject({
      code: 'WRONG_SHAPE',
    })
  })

  it('makes empty latents, and cuts videos', async () => {
    expect(
      (await run(emptySd3LatentImage, {}, { width: 80, height: 64, batch_size: 2 })).samples.shape,
    ).toEqual([2, 16, 8, 10])
    const video = await run(emptyHunyuanLatentVideo, {}, { width: 64, height: 32, length: 29 })
    expect(video.samples.shape).toEqual([1, 16, 8, 4, 8])
    expect((await run(trimVideoLatent, { samples: video }, { trim_amount: 3 })).samples.shape).toEqual([
      1, 16, 5, 4, 8,
    ])
    await expect(run(trimVideoLatent, { samples: video }, { trim_amount: 8 })).rejects.toThrow(
      'nothing is left',
    )
    await expect(run(trimVideoLatent, { samples: latent })).rejects.toMatchObject({ code: 'WRONG_SHAPE' })
  })
})

describe('LatentComposite', () => {
  const below = { samples: tensor([1, 1, 1, 6], () => 0) }
  const above = { samples: tensor([1, 1, 1, 4], () => 1) }
  const row = async (params: object): Promise<readonly number[]> => [
    ...(await run(latentComposite, { samples_to: below, samples_from: above }, { ...params })).samples.data,
  ]

  it('fades inner edges only', async () => {
    expect(await row({ x: 8 })).toEqual([0, 1, 1, 1, 1, 0])
    expect(await row({ x: 8, feather: 16 })).toEqual([0, 0.5, 1, 1, 0.5, 0])
    expect(await row({ x: 0, feather: 16 })).toEqual([1, 1, 1, 0.5, 0, 0])
    expect(await row({ x: 24, feather: 16 })).toEqual([0, 0, 0, 0.5, 1, 1])
    expect(await row({ x: 48 })).toEqual([0, 0, 0, 0, 0, 0])
  })

  it('refuses latents of another model', async () => {
    await expect(run(latentComposite, { samples_to: below, samples_from: latent })).rejects.toMatchObject({
      code: 'WRONG_SHAPE',
    })
  })
})

describe('inpainting', () => {
  it('cuts to whole cells in the middle, greys what is masked, and grows the mask', async () => {
    // 26 pixels are cut to 24 from the first on, so the mask begins at 12.
    const { samples, noiseMask } = await run(vaeEncodeForInpaint, { pixels, vae, mask }, { grow_mask_by: 6 })
    expect([...samples.data]).toEqual([0.75, 0.75, 0.5, 0.75, 0.75, 0.5])
    expect(noiseMask?.shape).toEqual([1, 1, 16, 24])
    // A square of 6 reaches 3 back and 2 on: the first of the mask is 2 before it.
    expect([...(noiseMask?.data.subarray(0, 24) ?? [])].indexOf(1)).toBe(10)
    const plain = await run(vaeEncodeForInpaint, { pixels, vae, mask }, { grow_mask_by: 0 })
    expect([...(plain.noiseMask?.data.subarray(0, 24) ?? [])].indexOf(1)).toBe(12)
  })

  it('keeps the picture in InpaintModelConditioning, with or without the mask', async () => {
    const inputs = { ...prompts, pixels, vae, mask }
    const { samples, noiseMask } = await run(inpaintModelConditioning, inputs)
    expect(new Set(samples.data)).toEqual(new Set([0.75]))
    expect(noiseMask?.shape).toEqual([1, 1, 16, 24])
    expect((await run(inpaintModelConditioning, inputs, { noise_mask: false })).noiseMask).toBeUndefined()
  })

  it('gives both prompts the picture in InstructPixToPixConditioning, and an empty latent of its size', async () => {
    const prompt = [{ context: floatTensor([1, 2, 3]), guidance: 30 }]
    const inputs = { positive: prompt, negative: prompt, pixels: pixels16, vae }
    const { outputs } = await runNode(instructPixToPixConditioning, { inputs })
    const {
      positive,
      negative,
      latent: empty,
    } = outputs as {
      readonly positive: ConditioningValue
      readonly negative: ConditioningValue
      readonly latent: LatentValue
    }
    expect(empty.samples).toEqual(floatTensor([1, 1, 2, 3]))
    for (const [entry] of [positive, negative]) {
      expect(entry?.guidance).toBe(30)
      expect(entry !== undefined && hasPictureChannels(entry)).toBe(true)
    }
    expect(hasPictureChannels({ context: floatTensor([1, 2, 3]) })).toBe(false)
  })

  it('refuses pictures and masks that are none', async () => {
    const bad = { pixels: floatTensor([1, 4, 4, 3]), vae, mask }
    await expect(run(vaeEncodeForInpaint, bad)).rejects.toThrow('smaller than one latent cell')
    await expect(run(vaeEncodeForInpaint, { ...bad, mask: pixels })).rejects.toMatchObject({
      code: 'WRONG_SHAPE',
    })
  })

  it('fits masks to latents', () => {
    const small = floatTensor([1, 1, 1, 2], Float32Array.of(0, 1))
    const fitted = fitNoiseMask(small, [2, 3, 1, 4])
    expect(fitted.shape).toEqual([2, 3, 1, 4])
    expect([...fitted.data]).toEqual(Array.from({ length: 6 }, () => [0, 0.25, 0.75, 1]).flat())
    expect(() => fitNoiseMask(floatTensor([1, 2, 2, 2]), [1, 1, 2, 2])).toThrow('does not fit')
  })
})
