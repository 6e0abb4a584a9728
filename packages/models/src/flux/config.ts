/** Sizes of a FLUX transformer and how they are read off a checkpoint's keys and shapes. */
import type { WeightFile } from '@dicache/weights'
import { declaredConfig } from '../declared-config.ts'
import { stripPrefix } from '../key-prefix.ts'

export type FluxLayout = 'bfl' | 'diffusers'

/** Sizes of a FLUX.1 transformer, all of them read off the file. */
export type FluxConfig = {
  readonly layout: FluxLayout
  /** What stands before every key in the file: `model.diffusion_model.` in full checkpoints, else empty. */
  readonly prefix: string
  readonly hidden: number
  readonly heads: number
  /** Channels a head; even. */
  readonly headDim: number
  /** Rotary channels for (unused, row, column); their sum is `headDim`. */
  readonly axes: readonly [number, number, number]
  readonly theta: number
  readonly mlp: number
  readonly doubleBlocks: number
  readonly singleBlocks: number
  /** Channels of an image token: latent channels × 2 × 2. */
  readonly inChannels: number
  readonly contextIn: number
  readonly vectorIn: number
  /** Whether the file has a distilled-guidance embedding (dev) or not (schnell). */
  readonly guidance: boolean
  readonly qkvBias: boolean
  /** Static shift of the flow schedule that the file asks for, or undefined for FLUX's resolution-dependent one. */
  readonly shift: number | undefined
}

const BFL_MARK = 'double_blocks.0.img_attn.qkv.weight'
const DIFFUSERS_MARK = 'transformer_blocks.0.attn.add_q_proj.weight'

/** The sizes of a FLUX transformer, or undefined when the file is something else. */
export function detectFlux(file: WeightFile): FluxConfig | undefined {
  const bfl = stripPrefix(file, BFL_MARK)
  if (bfl !== undefined) return readConfig(file, bfl, 'bfl')
  const diffusers = stripPrefix(file, DIFFUSERS_MARK)
  return diffusers === undefined ? undefined : readConfig(file, diffusers, 'diffusers')
}

const NAMES = {
  bfl: {
    image: 'img_in.weight',
    text: 'txt_in.weight',
    vector: 'vector_in.in_layer.weight',
    guidance: 'guidance_in.in_layer.weight',
    norm: 'double_blocks.0.img_attn.norm.query_norm.scale',
    mlp: 'double_blocks.0.img_mlp.0.weight',
    bias: 'double_blocks.0.img_attn.qkv.bias',
    double: 'double_blocks.',
    single: 'single_blocks.',
  },
  diffusers: {
    image: 'x_embedder.weight',
    text: 'context_embedder.weight',
    vector: 'time_text_embed.text_embedder.linear_1.weight',
    guidance: 'time_text_embed.guidance_embedder.linear_1.weight',
    norm: 'transformer_blocks.0.attn.norm_q.weight',
    mlp: 'transformer_blocks.0.ff.net.0.proj.weight',
    bias: 'transformer_blocks.0.attn.to_q.bias',
    double: 'transformer_blocks.',
    single: 'single_transformer_blocks.',
  },
} as const

function readConfig(file: WeightFile, prefix: string, layout: FluxLayout): FluxConfig | undefined {
  const names = NAMES[layout]
  const shape = (key: string): readonly number[] => file.tensors.get(prefix + key)?.shape ?? []
  const [hidden = 0, inChannels = 0] = shape(names.image)
  const [headDim = 0] = shape(names.norm)
  const [mlp = 0] = shape(names.mlp)
  const contextIn = shape(names.text).at(1) ?? 0
  const vectorIn = shape(names.vector).at(1) ?? 0
  // HunyuanVideo shares the block names but patches its input with a convolution.
  if (shape(names.image).length !== 2 || hidden * headDim * mlp * contextIn * vectorIn === 0) return undefined
  const side = 2 * Math.floor((7 * headDim) / 32)
  const said = declared(file)
  return {
    layout,
    prefix,
    hidden,
    heads: hidden / headDim,
    headDim,
    axes: said.axes ?? [headDim - 2 * side, side, side],
    theta: 10_000,
    mlp,
    doubleBlocks: countBlocks(file, prefix + names.double),
    singleBlocks: countBlocks(file, prefix + names.single),
    inChannels,
    contextIn,
    vectorIn,
    guidance: file.tensors.has(prefix + names.guidance),
    qkvBias: file.tensors.has(prefix + names.bias),
    shift: said.shift,
  }
}

/** One line for people: sizes, kind and key layout. */
export function describeFlux(config: FluxConfig): string {
  const kind = config.guidance ? 'with guidance embedding (dev)' : 'without guidance embedding (schnell)'
  const layout = config.layout === 'bfl' ? 'BFL' : 'diffusers'
  return `FLUX transformer, ${config.doubleBlocks} double + ${config.singleBlocks} single blocks of ${config.hidden}, ${config.heads} heads of ${config.headDim}, ${kind}, ${layout} keys`
}

function countBlocks(file: WeightFile, prefix: string): number {
  const indices = new Set<string>()
  for (const key of file.tensors.keys()) {
    if (key.startsWith(prefix)) indices.add(key.slice(prefix.length, key.indexOf('.', prefix.length)))
  }
  return indices.size
}

/** What a file may say of itself in `__metadata__.config`, where shapes cannot tell. */
function declared(file: WeightFile): {
  readonly axes?: readonly [number, number, number]
  readonly shift?: number
} {
  const said = declaredConfig(file)
  const axes = said.list('axes_dim')
  const shift = said.number('base_shift')
  return { ...(isAxes(axes) ? { axes } : {}), ...(shift !== undefined && shift > 0 ? { shift } : {}) }
}

function isAxes(value: readonly unknown[]): value is readonly [number, number, number] {
  return value.length === 3 && value.every((n) => typeof n === 'number' && Number.isInteger(n) && n >= 0)
}

/** A block: its kind, and its index among its kind. */
export type BlockPlace = { readonly kind: 'double' | 'single'; readonly index: number }

/** The modules that modulate the blocks `from` … `to`, in order. */
export function modulationModules(
  config: FluxConfig,
  range: { readonly from: number; readonly to: number },
): readonly string[] {
  return blockRange(config, range).flatMap(({ kind, index }) =>
    kind === 'single'
      ? [`single_blocks.${index}.modulation`]
      : [`double_blocks.${index}.img_mod`, `double_blocks.${index}.txt_mod`],
  )
}

/** The blocks `from` … `to` of all, double blocks first. */
export function blockRange(
  config: FluxConfig,
  range: { readonly from: number; readonly to: number },
): readonly BlockPlace[] {
  return Array.from({ length: range.to - range.from }, (_, n) => {
    const place = range.from + n
    return place < config.doubleBlocks
      ? { kind: 'double', index: place }
      : { kind: 'single', index: place - config.doubleBlocks }
  })
}
