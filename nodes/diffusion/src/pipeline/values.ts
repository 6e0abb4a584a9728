/** The values that this pack's nodes hand to each other. */
import type { DiCachePolicy, ProfileName } from '@dicache/diffusion'
import type { Transformer } from '@dicache/models'
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
}

/** On a PROBE port: how a sampler caches steps. Shares below 1 are resolved when the step count is known. */
export type ProbeValue = {
  readonly mode: 'on' | 'off'
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
    >
  > & {
    readonly warmup?: number
  }
}

/** On a CLIP port: text to what the model is conditioned on. */
export type ClipValue = {
  readonly name: string
  readonly encode: (text: string, signal: AbortSignal) => Promise<ConditioningEntry>
}

/** On a VAE port. */
export type VaeValue = {
  readonly name: string
  readonly latentChannels: number
  /** Image pixels along each side of a latent pixel. */
  readonly scale: number
  /** Latents [B, C, H, W] as samplers give them → [B, H·s, W·s, 3], 0..1. */
  readonly decode: (latent: FloatTensor, signal: AbortSignal) => Promise<FloatTensor>
  /** [B, H, W, 3], 0..1 → latents [B, C, H/s, W/s] as samplers take them. */
  readonly encode: (image: FloatTensor, signal: AbortSignal) => Promise<FloatTensor>
}
