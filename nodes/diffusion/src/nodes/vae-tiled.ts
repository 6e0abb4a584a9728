/** Autoencoders in tiles, by ComfyUI's names: slower, with memory for one tile at a time. */
import { defineNode, HostError, type NodeDefinition, param, port } from '@dicache/sdk'
import type { VaeValue } from '../pipeline/values.ts'

const about = { version: 1, category: '_for_testing' } as const
const overlap = param.int({
  default: 64,
  min: 0,
  max: 4096,
  step: 32,
  description: 'Pixels that neighbours share and fade over; at most a quarter of a tile.',
})
const temporal = {
  temporal_size: param.int({
    default: 64,
    min: 8,
    max: 4096,
    step: 4,
    description: 'Only for autoencoders of videos: pictures at a time. Those here are for pictures.',
  }),
  temporal_overlap: param.int({
    default: 8,
    min: 4,
    max: 4096,
    step: 4,
    description: 'Only for autoencoders of videos: pictures that neighbours share.',
  }),
} as const

const tileSize = (step: number) =>
  param.int({ default: 512, min: 64, max: 4096, step, description: 'Sides of a tile, in pixels.' })

export const vaeDecodeTiled: NodeDefinition = defineNode({
  ...about,
  type: 'VAEDecodeTiled',
  title: 'VAE Decode (Tiled)',
  description:
    'Turns latents into pictures tile by tile, for pictures that do not fit into memory whole. Three tilings are averaged, so it takes about three times as long.',
  inputs: { samples: port.latent(), vae: port.vae<VaeValue>() },
  params: { tile_size: tileSize(32), overlap, ...temporal },
  outputs: { image: port.image() },
  async run({ inputs: { samples, vae }, params, signal, report }) {
    const { shape } = samples.samples
    if (shape.length !== 4)
      throw new HostError(
        'WRONG_SHAPE',
        `[${shape.join(', ')}] is no latent of pictures: it takes [batch, channels, height, width]`,
      )
    const cells = (pixels: number): number => Math.floor(pixels / vae.scale)
    const tiles = {
      // The flat and the tall tiling have half a side: one cell at least.
      size: Math.max(2, cells(params.tile_size)),
      overlap: cells(overlapOf(params)),
      onTile: report.progress,
    }
    return { image: await vae.decode(samples.samples, signal, tiles) }
  },
})

export const vaeEncodeTiled: NodeDefinition = defineNode({
  ...about,
  type: 'VAEEncodeTiled',
  title: 'VAE Encode (Tiled)',
  description:
    'Turns pictures into latents tile by tile, for pictures that do not fit into memory whole. Three tilings are averaged.',
  inputs: { pixels: port.image(), vae: port.vae<VaeValue>() },
  params: { tile_size: tileSize(64), overlap, ...temporal },
  outputs: { latent: port.latent() },
  async run({ inputs: { pixels, vae }, params, signal, report }) {
    // Half a tile must be whole cells.
    const whole = (value: number): number => Math.floor(value / (2 * vae.scale)) * 2 * vae.scale
    const tiles = {
      size: Math.max(2 * vae.scale, whole(params.tile_size)),
      overlap: Math.floor(overlapOf(params) / vae.scale) * vae.scale,
      onTile: report.progress,
    }
    return { latent: { samples: await vae.encode(pixels, signal, tiles) } }
  },
})

/** Larger overlaps than a quarter of a tile become one: half a tile must still get on. */
function overlapOf(params: { readonly tile_size: number; readonly overlap: number }): number {
  return params.tile_size < params.overlap * 4 ? Math.floor(params.tile_size / 4) : params.overlap
}
