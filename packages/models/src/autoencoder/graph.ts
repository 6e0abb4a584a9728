/** The two halves of a KL autoencoder as graphs; one session serves every batch and size. */
import {
  createGraph,
  type GraphBuilder,
  type GraphOptions,
  split,
  upsampleNearest,
  type Value,
} from '@dicache/onnx'
import type { GraphSource } from '@dicache/tensor'
import { type WeightFile, WeightsError } from '@dicache/weights'
import { lazyGraph } from '../lazy-graph.ts'
import { createWeightReader } from '../weight-reader.ts'
import { type Blocks, convolve, downsample, middle, normSilu, residual } from './blocks.ts'
import type { AutoencoderConfig } from './config.ts'
import { autoencoderLocate } from './layout.ts'

/** An autoencoder to build: its file, its sizes, and how it is to be computed. */
export type AutoencoderSource = {
  readonly file: WeightFile
  readonly config: AutoencoderConfig
  readonly compute: 'float32' | 'float16'
  readonly weights: NonNullable<GraphOptions['weights']>
}

/**
 * Input: `latent` [B, latentChannels, H, W], with scale and shift already undone. Output: `image` [B, 3, downscale·H, downscale·W],
 * −1..1, not clamped.
 */
export function buildDecoder(source: AutoencoderSource): GraphBuilder {
  const { config } = source
  const blocks = start(source, 'decoder')
  const { reader } = blocks
  const g = reader.graph
  const { levels } = config.decoder
  const latent = g.input('latent', source.compute, ['B', config.latentChannels, 'H', 'W'])
  const quantised = config.quantConvs
    ? convolve(blocks, latent, { name: 'post_quant_conv', out: config.latentChannels, kernel: 1 })
    : latent
  const coarsest = levels.at(-1)?.channels ?? 0
  let x = middle(
    blocks,
    convolve(blocks, quantised, { name: 'decoder.conv_in', out: coarsest, kernel: 3 }),
    'decoder',
  )
  for (const [index, level] of [...levels.entries()].toReversed()) {
    const at = `decoder.up.${index}`
    for (let n = 0; n < level.blocks; n += 1)
      x = residual(blocks, x, { name: `${at}.block.${n}`, out: level.channels })
    if (index === 0) continue
    const factor = 2 ** (levels.length - index)
    x = upsampleNearest(g, x, [`${factor}·H`, `${factor}·W`])
    x = convolve(blocks, x, { name: `${at}.upsample.conv`, out: level.channels, kernel: 3 })
  }
  const image = convolve(blocks, normSilu(blocks, x, 'decoder.norm_out'), {
    name: 'decoder.conv_out',
    out: config.imageChannels,
    kernel: 3,
  })
  g.output('image', image)
  reader.finish()
  return g
}

/**
 * Input: `image` [B, 3, H, W], −1..1, H and W multiples of `downscale`. Outputs: `mean` and `logvar` of the latent,
 * [B, latentChannels, H/downscale, W/downscale], before scale and shift; `logvar` is not clamped.
 * @throws WeightsError MISSING_KEYS when the file holds only the decoder.
 */
export function buildEncoder(source: AutoencoderSource): GraphBuilder {
  const { config, file } = source
  if (config.encoder === undefined) {
    throw new WeightsError(
      'MISSING_KEYS',
      'the file holds only a decoder; encoding a picture needs the full autoencoder',
      { path: file.path },
    )
  }
  const blocks = start(source, 'encoder')
  const { reader } = blocks
  const g = reader.graph
  const { levels } = config.encoder
  const image = g.input('image', source.compute, ['B', config.imageChannels, 'H', 'W'])
  let x = convolve(blocks, image, { name: 'encoder.conv_in', out: levels.at(0)?.channels ?? 0, kernel: 3 })
  for (const [index, level] of levels.entries()) {
    const at = `encoder.down.${index}`
    for (let n = 0; n < level.blocks; n += 1)
      x = residual(blocks, x, { name: `${at}.block.${n}`, out: level.channels })
    if (index === levels.length - 1) continue
    const factor = 2 ** (index + 1)
    x = downsample(blocks, x, { name: `${at}.downsample.conv`, spatial: [`H/${factor}`, `W/${factor}`] })
  }
  const [mean, logvar] = moments(blocks, normSilu(blocks, middle(blocks, x, 'encoder'), 'encoder.norm_out'))
  if (mean !== undefined) g.output('mean', mean)
  if (logvar !== undefined) g.output('logvar', logvar)
  reader.finish()
  return g
}

/** The graph of {@link buildDecoder}, to be opened; `fileKey` identifies the file's content. */
export function decoderGraph(source: AutoencoderSource, fileKey: string): GraphSource {
  return lazyGraph(source.file, keyOf('decoder', source, fileKey), () => buildDecoder(source))
}

/** The graph of {@link buildEncoder}, to be opened; `fileKey` identifies the file's content. */
export function encoderGraph(source: AutoencoderSource, fileKey: string): GraphSource {
  return lazyGraph(source.file, keyOf('encoder', source, fileKey), () => buildEncoder(source))
}

/** CUDA has InstanceNormalization of version 6 alone, and opset 22 has a version of its own. */
const AUTOENCODER_OPSET = 21

function keyOf(half: string, { config, compute, weights }: AutoencoderSource, fileKey: string): string {
  return `autoencoder ${half} ${config.groups} groups ${compute} ${weights} ${fileKey}`
}

function start(source: AutoencoderSource, half: string): Blocks {
  const g = createGraph(`autoencoder-${half}`, { weights: source.weights, opset: AUTOENCODER_OPSET })
  const reader = createWeightReader(g, source.file, {
    compute: source.compute,
    locate: autoencoderLocate(source.config),
  })
  return { reader, config: source.config }
}

function moments(blocks: Blocks, x: Value): readonly Value[] {
  const { latentChannels, quantConvs } = blocks.config
  const both = convolve(blocks, x, { name: 'encoder.conv_out', out: 2 * latentChannels, kernel: 3 })
  const quantised = quantConvs
    ? convolve(blocks, both, { name: 'quant_conv', out: 2 * latentChannels, kernel: 1 })
    : both
  return split(blocks.reader.graph, quantised, [latentChannels, latentChannels], 1)
}
