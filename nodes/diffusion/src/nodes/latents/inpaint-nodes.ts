/** Latents of which only a part is sampled, by ComfyUI's names. */
import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import { floatTensor } from '@dicache/tensor'
import { withPictureChannels } from '../../pipeline/conditioning-extra.ts'
import { cutToCells, greyUnder, grownMask } from '../../pipeline/inpaint.ts'
import type { VaeValue } from '../../pipeline/values.ts'

const pixels = port.image({ description: 'The picture.' })
const vae = port.vae<VaeValue>({ description: 'The autoencoder of the model.' })
const mask = port.mask({ description: 'White is sampled anew, black is kept. It is scaled to the picture.' })

export const setLatentNoiseMask: NodeDefinition = defineNode({
  type: 'SetLatentNoiseMask',
  version: 1,
  title: 'Set Latent Noise Mask',
  category: 'latent/inpaint',
  description: 'Limits sampling to a part of a latent; the rest is kept.',
  inputs: { samples: port.latent({ description: 'The latent.' }), mask },
  outputs: { latent: port.latent() },
  run: ({ inputs }) => ({ latent: { ...inputs.samples, noiseMask: planes(inputs.mask) } }),
})

export const vaeEncodeForInpaint: NodeDefinition = defineNode({
  type: 'VAEEncodeForInpaint',
  version: 1,
  title: 'VAE Encode (for Inpainting)',
  category: 'latent/inpaint',
  description:
    'Turns pictures into latents with grey under the mask, and limits sampling to it. Wants a denoise of 1.',
  inputs: { pixels, vae, mask },
  params: {
    grow_mask_by: param.int({
      default: 6,
      min: 0,
      max: 64,
      description: 'Pixels by which the sampled part is larger than the mask, for a seam that is not seen.',
    }),
  },
  outputs: { latent: port.latent() },
  async run({ inputs, params, signal }) {
    const cut = cutToCells(inputs.pixels, inputs.mask, inputs.vae.scale)
    const samples = await inputs.vae.encode(greyUnder(cut), signal)
    return { latent: { samples, noiseMask: planes(grownMask(cut.mask, params.grow_mask_by)) } }
  },
})

export const inpaintModelConditioning: NodeDefinition = defineNode({
  type: 'InpaintModelConditioning',
  version: 1,
  title: 'InpaintModelConditioning',
  category: 'conditioning/inpaint',
  description:
    'Turns a picture into a latent of which the mask is sampled. The models here take no masked picture beside the prompt, so the prompts are passed on as they are.',
  inputs: {
    positive: port.conditioning({ description: 'What the picture shows.' }),
    negative: port.conditioning({ description: 'What it should not show.' }),
    vae,
    pixels,
    mask,
  },
  params: {
    noise_mask: param.boolean({ default: true, description: 'Keep what is not under the mask as it is.' }),
  },
  outputs: { positive: port.conditioning(), negative: port.conditioning(), latent: port.latent() },
  async run({ inputs, params, signal }) {
    const cut = cutToCells(inputs.pixels, inputs.mask, inputs.vae.scale)
    const samples = await inputs.vae.encode(cut.pixels, signal)
    return {
      positive: inputs.positive,
      negative: inputs.negative,
      latent: { samples, ...(params.noise_mask && { noiseMask: planes(cut.mask) }) },
    }
  },
})

export const instructPixToPixConditioning: NodeDefinition = defineNode({
  type: 'InstructPixToPixConditioning',
  version: 1,
  title: 'InstructPixToPixConditioning',
  category: 'conditioning/instructpix2pix',
  description:
    'Gives both prompts a picture for models that take one beside their latent, and an empty latent of its size. Plain FLUX.1 has no place for it: sampling then goes on without, and says so.',
  inputs: {
    positive: port.conditioning({ description: 'What the picture shows.' }),
    negative: port.conditioning({ description: 'What it should not show.' }),
    vae,
    pixels,
  },
  outputs: { positive: port.conditioning(), negative: port.conditioning(), latent: port.latent() },
  async run({ inputs: { positive, negative, vae: autoencoder, pixels: pictures }, signal }) {
    const latent = await autoencoder.encode(pictures, signal)
    return {
      positive: positive.map((entry) => withPictureChannels(entry, latent)),
      negative: negative.map((entry) => withPictureChannels(entry, latent)),
      latent: { samples: floatTensor(latent.shape) },
    }
  },
})

/** `[B, H, W]` → `[B, 1, H, W]`. */
function planes({ shape, data }: ReturnType<typeof floatTensor>): ReturnType<typeof floatTensor> {
  const [batch = 0, ...plane] = shape
  return floatTensor([batch, 1, ...plane], data)
}
