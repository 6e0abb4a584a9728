/** The values that travel on links, as every pack sees them. Tensors are plain, row-major, float32. */
import type { JsonObject } from '@dicache/protocol'
import type { FloatTensor } from '@dicache/tensor'

/** A batch of pictures: float32 `[B, H, W, C]`, C = 3 (or 4), 0..1. */
export type ImageValue = FloatTensor

/** A batch of masks: float32 `[B, H, W]`, 0..1, 1 = chosen. */
export type MaskValue = FloatTensor

/** A batch of latents, with what a sampler needs to know about it. */
export type LatentValue = {
  /** float32 `[B, C, H, W]`, or `[B, C, T, H, W]` for video. */
  readonly samples: FloatTensor
  /** float32 `[B, 1, H, W]`, 0..1: 1 is denoised, 0 is kept. */
  readonly noiseMask?: FloatTensor
  /** The place of each sample in its original batch: picks its noise. Length B. */
  readonly batchIndex?: readonly number[]
  /** Names the model that denoised it, where decoding it can teach something about the model's latents. */
  readonly sampledBy?: string
}

/** One prompt, encoded. */
export type ConditioningEntry = {
  /** float32 `[B, L, C]`: the text encoder's hidden states. */
  readonly context: FloatTensor
  /** float32 `[B, D]`: the pooled vector. */
  readonly pooled?: FloatTensor
  /** Distilled guidance, unitless (FLUX: 3.5). */
  readonly guidance?: number
  /** What only some families know, by name. */
  readonly extra?: Readonly<Record<string, unknown>>
}

/** What conditions a sampler: usually one entry, several when conditionings are combined. */
export type ConditioningValue = readonly ConditioningEntry[]

/** A noise schedule: float32 `[steps + 1]`, falling, the last one 0. */
export type SigmasValue = FloatTensor

/** A report of a node: JSON, for people and for programs. */
export type ReportValue = JsonObject
