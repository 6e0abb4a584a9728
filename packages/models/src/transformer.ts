/** What every diffusion transformer offers, whatever its family: its graphs, its packing, its schedule. */
import type { FloatTensor, GraphSource, NamedTensors } from '@dicache/tensor'

/** What a sampler conditions on: one prompt for B samples. */
export type Conditions = {
  /** [B, T, C] hidden states of the text encoder. */
  readonly context: FloatTensor
  /** [B, D] pooled text vector. */
  readonly pooled: FloatTensor
  /** Distilled guidance scale, for models that embed it. */
  readonly guidance: number
  /** [B, channels, H, W] */
  readonly latentShape: readonly number[]
  /** Pictures to look at, for models that were trained to (FLUX.1 Kontext). @defaultValue none */
  readonly references?: References
}

/** How the places of references differ from the image's. */
export type ReferenceMethod = 'offset' | 'index' | 'uxo'

/** Latents [B, channels, h, w] that a model looks at beside the one it samples; sizes may differ. */
export type References = { readonly latents: readonly FloatTensor[]; readonly method: ReferenceMethod }

/** How the model relates time and noise; the same as the schedules' `ModelSampling`. */
export type TransformerSampling =
  | { readonly kind: 'flux'; readonly shift: number }
  | { readonly kind: 'flow'; readonly shift: number; readonly multiplier: number }

/** [m, k] · [k, n], `count` times. */
export type MatrixProduct = {
  readonly m: number
  readonly k: number
  readonly n: number
  readonly count: number
}

/** What a part computes in one call. */
export type PartArithmetic = { readonly products: readonly MatrixProduct[]; readonly attentionFlops: number }

/** What a probe compares with an earlier evaluation: its last tokens, what block 0 makes of its input, its residual, or nothing. */
export type ProbeSignal = 'hidden' | 'modulated' | 'residual' | 'none'

/** `embed` is what does not depend on the latent; it runs ahead, for many evaluations at once. The others run at a step. */
export type TransformerParts<T> = {
  readonly embed: T
  readonly probe: T
  readonly deep: T
  readonly reuse: T
}

/** What one call of each part reads of the embedding, by graph input name. */
export type Embedding = {
  readonly probe: NamedTensors
  readonly deep: NamedTensors
  readonly head: NamedTensors
}

export type Transformer = {
  readonly family: 'flux'
  readonly blocks: number
  /** Blocks at the start that keep image and text tokens apart. */
  readonly doubleBlocks: number
  readonly hidden: number
  readonly latentChannels: number
  /** Latent pixels a token covers along each side. */
  readonly patch: number
  readonly sampling: TransformerSampling
  /** Whether a distilled guidance scale goes in. */
  readonly guidanceEmbedded: boolean
  readonly parts: (depth: number) => TransformerParts<GraphSource>
  /** The probe of {@link parts} with another signal. */
  readonly probe: (depth: number, signal: ProbeSignal) => GraphSource
  /** The head alone, on tokens that a cache made. */
  readonly head: GraphSource
  /**
   * Inputs that stay the same over a run, by graph input name. `reference_tokens` [B, R, channels·patch²], there where the conditions have
   * references, is no input of its own: whoever runs the probe puts it behind the tokens of x. Hidden tokens are L + R then, the first L the image's.
   */
  readonly constants: (conditions: Conditions) => NamedTensors
  /** How the embedding is asked for and cut. */
  readonly embedding: EmbeddingLayout
  /** [B, channels, H, W] → tokens [B, L, channels·patch²]. */
  readonly pack: (latent: FloatTensor) => FloatTensor
  readonly unpack: (tokens: FloatTensor, latentShape: readonly number[]) => FloatTensor
  readonly arithmetic: (
    depth: number,
    sizes: { readonly samples: number; readonly tokens: number; readonly textTokens: number },
  ) => TransformerParts<PartArithmetic>
}

export type EmbeddingLayout = {
  /** Bytes that one sample takes at one noise level. */
  readonly sampleBytes: number
  /** Inputs of `embed` for a run's constants at each σ of `levels`. */
  readonly inputs: (constants: NamedTensors, levels: readonly number[]) => NamedTensors
  /** What the parts read at level `index` of those that `outputs` were asked for; views and copies of rows [samples, …]. */
  readonly cut: (
    outputs: NamedTensors,
    at: { readonly depth: number; readonly signal: ProbeSignal; readonly index: number },
  ) => Embedding
}

/** Floating-point operations of a part: a multiply-add is two. */
export function flopsOf({ products, attentionFlops }: PartArithmetic): number {
  return products.reduce((sum, { m, k, n, count }) => sum + 2 * m * k * n * count, attentionFlops)
}
