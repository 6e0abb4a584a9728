/** Latents from latents, by ComfyUI's names. */
import { defineNode, HostError, type NodeDefinition, param, port } from '@dicache/sdk'
import { floatTensor, roundHalfEven, sliceAlong } from '@dicache/tensor'
import { composeLatents } from '../../pipeline/compose-latents.ts'
import { LATENT_METHODS, planeOf, scaleLatent } from '../../pipeline/scale-latent.ts'

const about = { version: 1, category: 'latent' } as const
const outputs = { latent: port.latent() } as const
const samples = port.latent({ description: 'The latent.' })
const method = param.choice({
  options: LATENT_METHODS,
  description: 'bislerp turns vectors instead of mixing them, and keeps their length.',
})
const pixels = (description: string) => param.int({ default: 512, min: 0, max: 16384, step: 8, description })

export const latentUpscale: NodeDefinition = defineNode({
  ...about,
  type: 'LatentUpscale',
  title: 'Upscale Latent',
  description:
    'Scales a latent to a picture size, at least 64 pixels a side. 0 keeps the aspect; both 0 change nothing.',
  inputs: { samples },
  params: {
    upscale_method: method,
    width: pixels('Pixels of the picture.'),
    height: pixels('Pixels of the picture.'),
    crop: param.choice({
      options: ['disabled', 'center'],
      description: 'center cuts the latent to the new aspect; disabled stretches it.',
    }),
  },
  outputs,
  run({ inputs, params: { upscale_method: by, width, height, crop } }) {
    if (width === 0 && height === 0) return { latent: inputs.samples }
    const plane = planeOf(inputs.samples.samples)
    const wide = width === 0 ? roundHalfEven((plane.width * Math.max(64, height)) / plane.height) : width
    const high = height === 0 ? roundHalfEven((plane.height * Math.max(64, width)) / plane.width) : height
    const size = { width: Math.floor(Math.max(64, wide) / 8), height: Math.floor(Math.max(64, high) / 8) }
    return {
      latent: {
        ...inputs.samples,
        samples: scaleLatent(inputs.samples.samples, { ...size, method: by, crop }),
      },
    }
  },
})

export const latentUpscaleBy: NodeDefinition = defineNode({
  ...about,
  type: 'LatentUpscaleBy',
  title: 'Upscale Latent By',
  description: 'Scales a latent by a factor.',
  inputs: { samples },
  params: {
    upscale_method: method,
    scale_by: param.float({
      default: 1.5,
      min: 0.01,
      max: 8,
      step: 0.01,
      description: 'Factor of both sides.',
    }),
  },
  outputs,
  run({ inputs, params: { upscale_method: by, scale_by: factor } }) {
    const plane = planeOf(inputs.samples.samples)
    const size = {
      width: Math.max(1, roundHalfEven(plane.width * factor)),
      height: Math.max(1, roundHalfEven(plane.height * factor)),
    }
    const scaled = scaleLatent(inputs.samples.samples, { ...size, method: by, crop: 'disabled' })
    return { latent: { ...inputs.samples, samples: scaled } }
  },
})

const edge = (description: string) => param.int({ default: 0, min: 0, max: 16384, step: 8, description })

export const latentComposite: NodeDefinition = defineNode({
  ...about,
  type: 'LatentComposite',
  title: 'Latent Composite',
  description: 'Puts a latent onto another, with soft edges where they lie inside it.',
  inputs: {
    samples_to: port.latent({ description: 'The latent below.' }),
    samples_from: port.latent({ description: 'The latent above.' }),
  },
  params: {
    x: edge('Left edge, in pixels of the picture.'),
    y: edge('Upper edge, in pixels of the picture.'),
    feather: edge('Pixels over which inner edges fade.'),
  },
  outputs,
  run({ inputs: { samples_to: below, samples_from: above }, params }) {
    const place = {
      x: Math.floor(params.x / 8),
      y: Math.floor(params.y / 8),
      feather: Math.floor(params.feather / 8),
    }
    return { latent: { ...below, samples: composeLatents(below.samples, above.samples, place) } }
  },
})

const side = (value: number, description: string) =>
  param.int({ default: value, min: 16, max: 16384, step: 16, description })
const batch = param.int({ default: 1, min: 1, max: 4096, description: 'Pictures at once.' })

export const emptySd3LatentImage: NodeDefinition = defineNode({
  ...about,
  type: 'EmptySD3LatentImage',
  title: 'EmptySD3LatentImage',
  category: 'latent/sd3',
  description: 'An empty latent of 16 channels, for SD3 and FLUX.',
  params: { width: side(1024, 'Pixels.'), height: side(1024, 'Pixels.'), batch_size: batch },
  outputs,
  run: ({ params: { width, height, batch_size: count } }) => ({
    latent: { samples: floatTensor([count, 16, Math.floor(height / 8), Math.floor(width / 8)]) },
  }),
})

export const emptyHunyuanLatentVideo: NodeDefinition = defineNode({
  ...about,
  type: 'EmptyHunyuanLatentVideo',
  title: 'EmptyHunyuanLatentVideo',
  category: 'latent/video',
  description: 'An empty latent of a video: 16 channels, four pictures a latent frame after the first.',
  params: {
    width: side(848, 'Pixels.'),
    height: side(480, 'Pixels.'),
    length: param.int({ default: 25, min: 1, max: 16384, step: 4, description: 'Pictures of the video.' }),
    batch_size: param.int({ default: 1, min: 1, max: 4096, description: 'Videos at once.' }),
  },
  outputs,
  run: ({ params: { width, height, length, batch_size: count } }) => ({
    latent: {
      samples: floatTensor([
        count,
        16,
        Math.floor((length - 1) / 4) + 1,
        Math.floor(height / 8),
        Math.floor(width / 8),
      ]),
    },
  }),
})

export const stableCascadeEmptyLatentImage: NodeDefinition = defineNode({
  ...about,
  type: 'StableCascade_EmptyLatentImage',
  title: 'StableCascade_EmptyLatentImage',
  category: 'latent/stable_cascade',
  description:
    'Two empty latents for Stable Cascade: 16 channels of a coarse grid, 4 channels of a fine one. Its models are not supported here.',
  params: {
    width: param.int({ default: 1024, min: 256, max: 16384, step: 8, description: 'Pixels.' }),
    height: param.int({ default: 1024, min: 256, max: 16384, step: 8, description: 'Pixels.' }),
    compression: param.int({
      default: 42,
      min: 4,
      max: 128,
      description: 'Pixels of a cell of the coarse grid.',
    }),
    batch_size: batch,
  },
  outputs: { stage_c: port.latent(), stage_b: port.latent() },
  run: ({ params: { width, height, compression, batch_size: count } }) => ({
    stage_c: {
      samples: floatTensor([count, 16, Math.floor(height / compression), Math.floor(width / compression)]),
    },
    stage_b: { samples: floatTensor([count, 4, Math.floor(height / 4), Math.floor(width / 4)]) },
  }),
})

export const trimVideoLatent: NodeDefinition = defineNode({
  ...about,
  type: 'TrimVideoLatent',
  title: 'TrimVideoLatent',
  category: 'latent/video',
  description: 'Takes latent frames off the beginning of a video.',
  inputs: { samples },
  params: {
    trim_amount: param.int({ default: 0, min: 0, max: 99999, description: 'How many latent frames.' }),
  },
  outputs,
  run({ inputs, params: { trim_amount: amount } }) {
    const { shape } = inputs.samples.samples
    const frames = shape[2] ?? 0
    if (shape.length !== 5)
      throw new HostError(
        'WRONG_SHAPE',
        `[${shape.join(', ')}] is no video latent: it takes [batch, channels, frames, height, width]`,
      )
    if (amount >= frames)
      throw new HostError(
        'VALUE_OUT_OF_RANGE',
        `nothing is left of ${frames} latent frames without ${amount}`,
      )
    return { latent: { ...inputs.samples, samples: sliceAlong(inputs.samples.samples, 2, amount, frames) } }
  },
})
