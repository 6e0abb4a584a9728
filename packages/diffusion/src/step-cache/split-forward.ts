/** The transformer as the step cache needs it: cut where the probe ends, over any number of stacked samples. */
import type { FloatTensor, NamedTensors } from '@dicache/tensor'

/** Samples `start` … `start + count` of a stack. */
export type SampleRange = { readonly start: number; readonly count: number }

/**
 * What a probe compares: `hidden` its last tokens hm, `modulated` what block 0 makes of h0 (its shift and scale on the layer norm),
 * `residual` hm − h0; `none` nothing.
 */
export type ProbeSignal = 'hidden' | 'modulated' | 'residual' | 'none'

/** Tokens that a probe is compared with, [B, L, C]. */
export type Tokens = { readonly h0: FloatTensor; readonly signal: FloatTensor }

/** Means a sample, [B]. */
export type ProbeResult = {
  /** The noise level it was taken at. */
  readonly sigma: number
  /** Tokens before block 0, and after the probe's last block: [B, L, C]. */
  readonly h0: FloatTensor
  readonly hm: FloatTensor
  /** What the next evaluation may be compared with, [B, L, C]; without meaning for `residual` and `none`. */
  readonly signal: FloatTensor
  /** What else `deep` reads, each with the samples first: the text stream. */
  readonly carried: NamedTensors
  /** |h0 − h0′| and |h0′|, where the signal is `hidden`. */
  readonly dx?: FloatTensor
  readonly mx?: FloatTensor
  /** |signal − signal′| and |signal′|, where there is a signal. */
  readonly dy?: FloatTensor
  readonly my?: FloatTensor
}

export type DeepResult = {
  /** R = hL − h0 and P = hm − h0, [B, L, C]. */
  readonly residual: FloatTensor
  readonly probeResidual: FloatTensor
  /** Velocity in the latent's shape [B, …]. */
  readonly out: FloatTensor
}

/** The two newest computed evaluations, 1 the newest; equal when there is only one. */
export type Anchors = {
  readonly r1: FloatTensor
  readonly r2: FloatTensor
  readonly p1: FloatTensor
  readonly p2: FloatTensor
}

export type ReuseOptions = {
  readonly anchors: 1 | 2
  readonly gammaClip: readonly [number, number]
  /** Fall back to zero order where γ cannot be trusted. */
  readonly guard: boolean
  /** [B, B]: 1 where two samples share one γ. */
  readonly groups: FloatTensor
}

export type ReuseResult = {
  readonly out: FloatTensor
  /** Raw γ a sample [B], NaN or infinite where its denominator vanishes. */
  readonly gamma: FloatTensor
  /** Whether γ was applied, a sample. */
  readonly aligned: readonly boolean[]
}

/** The parts. `samples` of a call are a range of the stack that the probe saw. */
export type SplitForward = {
  /**
   * x [B, …] latents stacked branch by branch, σ one for all; `before` what the signal is compared with: tokens of the evaluation
   * before, or of the last computed one, if any.
   */
  readonly probe: (x: FloatTensor, sigma: number, before: Tokens | undefined) => Promise<ProbeResult>
  readonly deep: (probe: ProbeResult, samples: SampleRange) => Promise<DeepResult>
  /** Trajectory alignment, then the head. */
  readonly reuse: (
    probe: ProbeResult,
    samples: SampleRange,
    anchors: Anchors,
    options: ReuseOptions,
  ) => Promise<ReuseResult>
  /** The head alone, on `base` + `residual` [samples, L, C]: velocity in the latent's shape. */
  readonly head: (
    probe: ProbeResult,
    samples: SampleRange,
    tokens: { readonly base: FloatTensor; readonly residual: FloatTensor },
  ) => Promise<FloatTensor>
}
