/** Sizes of a KL autoencoder (FLUX's `ae`, and the others of its family), read off a file's keys and shapes. */
import type { WeightFile } from '@dicache/weights'
import { countNumbered, declaredConfig, findPrefix } from '../declared-config.ts'

/** Key naming: BFL's and Stability's (`decoder.up.0.block.0…`), or diffusers' (`decoder.up_blocks.3.resnets.0…`). */
export type AutoencoderLayout = 'bfl' | 'diffusers'

/** One resolution: its channels and its residual blocks. */
export type AutoencoderLevel = { readonly channels: number; readonly blocks: number }

/** One half of an autoencoder. Level 0 has the picture's resolution, each next one half of it. */
export type AutoencoderHalf = { readonly levels: readonly AutoencoderLevel[]; readonly attention: boolean }

/** Sizes of a KL autoencoder over pictures. */
export type AutoencoderConfig = {
  readonly layout: AutoencoderLayout
  /** What stands before every key in the file: `vae.` or `first_stage_model.` in full checkpoints. */
  readonly prefix: string
  /** Channels of a picture: 3. */
  readonly imageChannels: number
  /** Channels of a latent: 16 for FLUX. */
  readonly latentChannels: number
  /** Undefined when the file holds only the decoder. */
  readonly encoder: AutoencoderHalf | undefined
  readonly decoder: AutoencoderHalf
  /** Picture pixels a latent cell is wide: 8. */
  readonly downscale: number
  /** Whether 1×1 convolutions stand between the halves and the latent. */
  readonly quantConvs: boolean
  /** Groups of the group norms; no shape tells them. */
  readonly groups: number
  readonly epsilon: number
  /** The transformer sees (latent − shift) · scale. */
  readonly scale: number
  readonly shift: number
}

/** Names that differ between the layouts, as functions of the level where it counts. */
type Names = {
  readonly firstBlock: string
  readonly attention: string
  readonly levels: (half: 'encoder' | 'decoder') => string
  readonly blocks: string
}

const NAMES: Readonly<Record<AutoencoderLayout, Names>> = {
  bfl: {
    firstBlock: 'decoder.mid.block_1.conv1.weight',
    attention: 'mid.attn_1.norm.weight',
    levels: (half) => (half === 'encoder' ? 'encoder.down.' : 'decoder.up.'),
    blocks: '.block.',
  },
  diffusers: {
    firstBlock: 'decoder.mid_block.resnets.0.conv1.weight',
    attention: 'mid_block.attentions.0.group_norm.weight',
    levels: (half) => (half === 'encoder' ? 'encoder.down_blocks.' : 'decoder.up_blocks.'),
    blocks: '.resnets.',
  },
}

/**
 * The sizes of a KL autoencoder over pictures, or undefined when the file is something else (video autoencoders convolve over time:
 * their kernels have one axis more).
 * @param declared values that shapes cannot tell (`norm_groups`, `scale_factor`, `shift_factor`, or diffusers' names); wins over the
 * file's own metadata. Without either: 32 groups, and FLUX's 0.3611 and 0.1159 (0.18215 and 0 for latents of 4 channels).
 */
export function detectAutoencoder(
  file: WeightFile,
  declared: Readonly<Record<string, unknown>> = {},
): AutoencoderConfig | undefined {
  for (const layout of ['bfl', 'diffusers'] as const) {
    const prefix = findPrefix(file, NAMES[layout].firstBlock)
    if (prefix !== undefined) return readConfig(file, { layout, prefix, declared })
  }
  return undefined
}

/** One line for a person: `KL autoencoder, 3 channels ↔ 16 at 1/8, widths 128, 256, 512, 512`. */
export function describeAutoencoder(config: AutoencoderConfig): string {
  const widths = config.decoder.levels.map(({ channels }) => channels).join(', ')
  const half = config.encoder === undefined ? ' (decoder only)' : ''
  return `KL autoencoder${half}, ${config.imageChannels} channels ↔ ${config.latentChannels} at 1/${config.downscale}, widths ${widths}`
}

type Place = {
  readonly layout: AutoencoderLayout
  readonly prefix: string
  readonly declared: Readonly<Record<string, unknown>>
}

function readConfig(file: WeightFile, place: Place): AutoencoderConfig | undefined {
  const { layout, prefix } = place
  const shape = (key: string): readonly number[] => file.tensors.get(prefix + key)?.shape ?? []
  const [, latentChannels = 0, ...kernel] = shape('decoder.conv_in.weight')
  const [imageChannels = 0] = shape('decoder.conv_out.weight')
  const decoder = readHalf(file, place, 'decoder')
  if (kernel.length !== 2 || latentChannels * imageChannels === 0 || decoder === undefined) return undefined
  const said = declaredConfig(file, place.declared)
  const flux = latentChannels !== 4
  return {
    layout,
    prefix,
    imageChannels,
    latentChannels,
    encoder: readHalf(file, place, 'encoder'),
    decoder,
    downscale: 2 ** (decoder.levels.length - 1),
    quantConvs: shape('post_quant_conv.weight').length > 0,
    groups: said.number('norm_groups') ?? said.number('norm_num_groups') ?? 32,
    epsilon: said.number('norm_eps') ?? 1e-6,
    scale: said.number('scale_factor') ?? said.number('scaling_factor') ?? (flux ? 0.3611 : 0.18215),
    shift: said.number('shift_factor') ?? (flux ? 0.1159 : 0),
  }
}

function readHalf(
  file: WeightFile,
  { layout, prefix }: Place,
  half: 'encoder' | 'decoder',
): AutoencoderHalf | undefined {
  const names = NAMES[layout]
  const at = prefix + names.levels(half)
  const count = countNumbered(file, at, `${names.blocks}0.conv1.weight`)
  const levels = Array.from({ length: count }, (_, index): AutoencoderLevel => {
    const blocks = `${at}${index}${names.blocks}`
    return {
      channels: file.tensors.get(`${blocks}0.conv1.weight`)?.shape.at(0) ?? 0,
      blocks: countNumbered(file, blocks, '.conv1.weight'),
    }
  })
  if (levels.length === 0 || levels.some(({ channels }) => channels === 0)) return undefined
  // diffusers counts the decoder's stages in the order they run: from the coarsest.
  const fromFinest = layout === 'diffusers' && half === 'decoder' ? levels.toReversed() : levels
  return { levels: fromFinest, attention: file.tensors.has(`${prefix}${half}.${names.attention}`) }
}
