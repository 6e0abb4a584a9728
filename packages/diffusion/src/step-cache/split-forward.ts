/** The transformer as the step cache needs it: cut where the probe ends, over any number of stacked samples. */
import type { FloatTensor, NamedTensors } from '@dicache/tensor'

/** Samples `start` … `start + count` of a stack. */
export type SampleRange = { readonly start: number; readonly count: number }

export type ProbeResult = {
  /** Tokens before block 0, and after the probe's last block: [B, L, C]. */
  readonly h0: FloatTensor
  readonly hm: FloatTensor
  /** What else `deep` and `reuse` read, each with the samples first: text stream, modulation vector. */
  readonly carried: NamedTensors
  /** Means a sample, [B]: |h0 − h0′|, |h0′|, |hm − hm′|, |hm′|. */
  readonly dx: FloatTensor
  readonly mx: FloatTensor
  readonly dy: FloatTensor
  readonly my: FloatTensor
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

/** The three parts. `samples` of a call are a range of the stack that the probe saw. */
export type SplitForward = {
  /** x [B, …] latents stacked branch by branch, σ one for all; `previous` tokens of the evaluation before, if any. */
  readonly probe: (
    x: FloatTensor,
    sigma: number,
    previous: { readonly h0: FloatTensor; readonly hm: FloatTensor } | undefined,
  ) => Promise<ProbeResult>
  readonly deep: (probe: ProbeResult, samples: SampleRange) => Promise<DeepResult>
  readonly reuse: (
    probe: ProbeResult,
    samples: SampleRange,
    anchors: Anchors,
    options: ReuseOptions,
  ) => Promise<ReuseResult>
}
