/** The parts of a KL autoencoder: residual blocks, the attention in the middle, and convolutions that change the resolution. */
import {
  add,
  attention,
  conv,
  type Dim,
  groupNorm,
  linear,
  reshape,
  sigmoidGate,
  transpose,
  type Value,
} from '@dicache/onnx'
import type { WeightReader } from '../weight-reader.ts'
import type { AutoencoderConfig } from './config.ts'

/** Extents of a picture or latent: numbers, or names like `H`, `2·H`, `H/2`. */
export type Spatial = readonly [Dim, Dim]

/** What the blocks of one graph share. */
export type Blocks = {
  readonly reader: WeightReader
  readonly config: AutoencoderConfig
}

/** A convolution's place and sizes; `kernel` 3 keeps the resolution with a border of zeros. */
export type ConvPlace = { readonly name: string; readonly out: number; readonly kernel: 1 | 3 }

/** x [B, C, H, W] → [B, out, H, W]. */
export function convolve({ reader }: Blocks, x: Value, place: ConvPlace): Value {
  const { name, out, kernel } = place
  const border = kernel === 3 ? 1 : 0
  const weights = convWeights(reader, { name, out, in: channelsOf(x), kernel })
  return conv(reader.graph, x, weights, { pads: [border, border, border, border], spatial: spatialOf(x) })
}

/** Halves the resolution: one row of zeros below, one column right, then stride 2. x [B, C, H, W] → [B, C, H/2, W/2]. */
export function downsample(
  { reader }: Blocks,
  x: Value,
  place: { readonly name: string; readonly spatial: Spatial },
): Value {
  const channels = channelsOf(x)
  const weights = convWeights(reader, { name: place.name, out: channels, in: channels, kernel: 3 })
  return conv(reader.graph, x, weights, { stride: 2, pads: [0, 0, 1, 1], spatial: place.spatial })
}

/** Group norm, then SiLU. */
export function normSilu(blocks: Blocks, x: Value, name: string): Value {
  return sigmoidGate(blocks.reader.graph, norm(blocks, x, name))
}

/** x + conv(silu(norm(conv(silu(norm(x)))))), with a 1×1 convolution around where the width changes. [B, C, H, W] → [B, out, H, W]. */
export function residual(
  blocks: Blocks,
  x: Value,
  place: { readonly name: string; readonly out: number },
): Value {
  const { name, out } = place
  const first = convolve(blocks, normSilu(blocks, x, `${name}.norm1`), {
    name: `${name}.conv1`,
    out,
    kernel: 3,
  })
  const second = convolve(blocks, normSilu(blocks, first, `${name}.norm2`), {
    name: `${name}.conv2`,
    out,
    kernel: 3,
  })
  const around =
    channelsOf(x) === out ? x : convolve(blocks, x, { name: `${name}.nin_shortcut`, out, kernel: 1 })
  return add(blocks.reader.graph, around, second)
}

/** x + attention of one head over all H·W cells. [B, C, H, W] → the same. */
export function middleAttention(blocks: Blocks, x: Value, name: string): Value {
  const { reader } = blocks
  const g = reader.graph
  const channels = channelsOf(x)
  const [height, width] = spatialOf(x)
  const dense = (input: Value, module: string): Value =>
    linear(
      g,
      input,
      reader.tensor(`${name}.${module}.weight`, [channels, channels]),
      reader.tensor(`${name}.${module}.bias`, [channels]),
    )
  const batch = x.shape.at(0) ?? 'B'
  const cells = reshape(g, norm(blocks, x, `${name}.norm`), [batch, channels, `${height}·${width}`])
  const rows = transpose(g, cells, [0, 2, 1]) // [B, H·W, C]
  const qkv = { q: dense(rows, 'q'), k: dense(rows, 'k'), v: dense(rows, 'v') }
  const out = transpose(g, dense(attention(g, qkv, { heads: 1 }), 'proj_out'), [0, 2, 1])
  return add(g, x, reshape(g, out, x.shape))
}

/** The middle of either half: block, attention, block. */
export function middle(blocks: Blocks, x: Value, half: 'encoder' | 'decoder'): Value {
  const out = channelsOf(x)
  const first = residual(blocks, x, { name: `${half}.mid.block_1`, out })
  const attended = blocks.config[half]?.attention
    ? middleAttention(blocks, first, `${half}.mid.attn_1`)
    : first
  return residual(blocks, attended, { name: `${half}.mid.block_2`, out })
}

function norm({ reader, config }: Blocks, x: Value, name: string): Value {
  const channels = channelsOf(x)
  const weights = {
    scale: reader.tensor(`${name}.weight`, [channels]),
    bias: reader.tensor(`${name}.bias`, [channels]),
  }
  return groupNorm(reader.graph, x, weights, { groups: config.groups, epsilon: config.epsilon })
}

type ConvShape = { readonly name: string; readonly out: number; readonly in: number; readonly kernel: number }

function convWeights(reader: WeightReader, shape: ConvShape): { readonly w: Value; readonly bias: Value } {
  const w = reader.tensor(`${shape.name}.weight`, [shape.out, shape.in, shape.kernel, shape.kernel])
  return { w, bias: reader.tensor(`${shape.name}.bias`, [shape.out]) }
}

function channelsOf(x: Value): number {
  return Number(x.shape.at(1))
}

function spatialOf(x: Value): Spatial {
  return [x.shape.at(2) ?? 1, x.shape.at(3) ?? 1]
}
