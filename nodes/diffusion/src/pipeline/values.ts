/** The values that this pack's nodes hand to each other. */
import type { DiCachePolicy, ModelSampling, ProfileName, SamplerName, StepWindow } from '@dicache/diffusion'
import type { ClipConfig, Lora, T5Config, Transformer } from '@dicache/models'
import type { ConditioningEntry } from '@dicache/sdk'
import type { FloatTensor } from '@dicache/tensor'
import type { SharedModelFile } from './open-model-file.ts'

/** A LoRA file of models/loras and the factor of its change. */
export type LoraChoice = { readonly name: string; readonly strength: number }

/** On a MODEL port: a transformer, and what was attached to it on the way. */
export type ModelValue = {
  readonly transformer: Transformer
  /** For people: the file's name, and the LoRAs on it. */
  readonly name: string
  /** The file that the transformer is built over, and the LoRAs that are on it, in order. */
  readonly source: SharedModelFile
  readonly loras: readonly LoraChoice[]
  /** The step cache that samplers use, when one was attached (`DiCache`). */
  readonly probe?: ProbeValue
  /** Where the noise levels lie in time, when a node changed it (`ModelSamplingFlux`). */
  readonly sampling?: ModelSampling
}

/** How a model relates time to noise, as nodes left it. */
export function samplingOf(model: ModelValue): ModelSampling {
  return model.sampling ?? model.transformer.sampling
}

/** On a NOISE port: where sampling starts. Empty noise has a seed all the same, for samplers that add noise on the way. */
export type NoiseValue = { readonly seed: bigint; readonly isEmpty: boolean }

/** On a SAMPLER port. */
export type SamplerValue = { readonly name: SamplerName }

/** What a PROBE does: decide and reuse; nothing; or compute everything and only report what would have been decided. */
export type ProbeMode = 'on' | 'off' | 'shadow'

/** DiCache and its settings. Shares below 1 are resolved when the step count is known. */
export type DiCacheProbe = {
  readonly kind: 'dicache'
  readonly mode: ProbeMode
  readonly profile: ProfileName | 'auto'
  /** Blocks of the probe. */
  readonly depth: number
  readonly settings: Partial<
    Pick<
      DiCachePolicy,
      | 'threshold'
      | 'indicator'
      | 'forceLast'
      | 'gammaClip'
      | 'alignment'
      | 'batch'
      | 'semantics'
      | 'maxConsecutive'
      | 'cfg'
    >
  > & {
    readonly warmup?: number
    readonly windows?: readonly StepWindow[]
  }
}

/** What the other step caches share: `warmup` in steps, or a share of them below 1. */
type RivalProbe<Kind extends string, Settings> = Settings & {
  readonly kind: Kind
  readonly mode: ProbeMode
  readonly warmup: number
}

export type IntervalProbe = RivalProbe<'interval', { readonly every: number; readonly forceLast: boolean }>

export type TeaCacheProbe = RivalProbe<
  'teacache',
  {
    readonly threshold: number
    readonly forceLast: boolean
    /** The family's published ones when left out. */
    readonly coefficients?: readonly number[]
  }
>

export type FbCacheProbe = RivalProbe<
  'fbcache',
  {
    readonly threshold: number
    readonly forceLast: boolean
    readonly maxConsecutive: number
    readonly depth: number
  }
>

export type EasyCacheProbe = RivalProbe<
  'easycache',
  {
    readonly threshold: number
    /** Shares of the schedule between which it may reuse, 0..1. */
    readonly startPercent: number
    readonly endPercent: number
  }
>

export type MagCacheProbe = RivalProbe<
  'magcache',
  {
    readonly threshold: number
    readonly maxConsecutive: number
    /** From a calibration; without any, the run is one. */
    readonly ratios: readonly number[]
  }
>

export type TaylorSeerProbe = RivalProbe<
  'taylorseer',
  { readonly every: number; readonly order: 1 | 2; readonly of: 'output' | 'hidden' }
>

/** On a PROBE port: how a sampler caches steps. */
export type ProbeValue =
  | DiCacheProbe
  | IntervalProbe
  | TeaCacheProbe
  | FbCacheProbe
  | EasyCacheProbe
  | MagCacheProbe
  | TaylorSeerProbe

/** The two text encoders of FLUX: their files, recognised. */
export type TextEncoderFiles = {
  readonly t5: { readonly model: SharedModelFile; readonly config: T5Config }
  readonly clip: { readonly model: SharedModelFile; readonly config: ClipConfig }
}

/** What nodes changed about how text is encoded. */
export type TextOptions = {
  /** The layer whose states are used, counted from the end: -1 the last one. Layers that an encoder lacks mean its last one. */
  readonly lastLayer?: number
  /** Padding of T5's rows, in tokens: so much behind every prompt, and at least so many in all. @defaultValue what the file says, else 256 in all */
  readonly t5Padding?: { readonly behind: number; readonly length: number }
  readonly loras?: readonly LoraChoice[]
}

/** LoRAs on text encoders as side paths. */
export type TextLoras = { readonly t5: Lora; readonly clip: Lora }

/** On a CLIP port: text to what the model is conditioned on. */
export type ClipValue = {
  readonly name: string
  readonly files: TextEncoderFiles
  readonly options: TextOptions
  /** The LoRAs that `options` names, read. */
  readonly loras: TextLoras | undefined
  readonly encode: (text: string, signal: AbortSignal) => Promise<ConditioningEntry>
}

/** Tiles that an autoencoder works on one after the other, so that its memory is bounded. */
export type VaeTiles = {
  /** Sides of a tile, and what neighbours share: in cells of what goes in (latent cells, or pixels). */
  readonly size: number
  readonly overlap: number
  readonly onTile?: (done: number, total: number) => void
}

/** On a VAE port. */
export type VaeValue = {
  readonly name: string
  readonly latentChannels: number
  /** Image pixels along each side of a latent pixel. */
  readonly scale: number
  /** Latents [B, C, H, W] as samplers give them → [B, H·s, W·s, 3], 0..1. */
  readonly decode: (latent: FloatTensor, signal: AbortSignal, tiles?: VaeTiles) => Promise<FloatTensor>
  /** [B, H, W, 3], 0..1 → latents [B, C, H/s, W/s] as samplers take them. */
  readonly encode: (image: FloatTensor, signal: AbortSignal, tiles?: VaeTiles) => Promise<FloatTensor>
}
