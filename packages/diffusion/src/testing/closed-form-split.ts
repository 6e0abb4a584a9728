/** A split transformer that is known exactly, for this package's tests. It writes down what it was asked. */
import { batchView, type FloatTensor, floatTensor } from '@dicache/tensor'
import type {
  Anchors,
  ProbeResult,
  ProbeSignal,
  ReuseOptions,
  SampleRange,
  SplitForward,
  Tokens,
} from '../step-cache/split-forward.ts'

type Cut = { readonly h0: FloatTensor; readonly hm: FloatTensor; readonly sigma: number }

export type SplitCall =
  | { readonly part: 'probe'; readonly sigma: number; readonly previous: Tokens | undefined }
  | { readonly part: 'deep'; readonly samples: SampleRange }
  | {
      readonly part: 'reuse'
      readonly samples: SampleRange
      readonly anchors: Anchors
      readonly options: ReuseOptions
    }
  | {
      readonly part: 'head'
      readonly samples: SampleRange
      readonly base: FloatTensor
      readonly residual: FloatTensor
    }

export type ClosedFormSplit = SplitForward & {
  readonly calls: readonly SplitCall[]
  /** The whole forward, without any cache. */
  readonly whole: (x: FloatTensor, sigma: number) => FloatTensor
}

/** Tokens before block 0, after the probe, after the last block, and the velocity; x [B, n]. */
export const closedForm = {
  h0: (x: number): number => 2 * x,
  hm: (h0: number, sigma: number): number => h0 + 0.5 * h0 + sigma,
  modulated: (h0: number, sigma: number): number => 3 * h0 - sigma,
  last: (h0: number, sigma: number): number => h0 + 0.25 * h0 * h0 + 3 * sigma,
  /** The head reads σ too, so that an old head would show. */
  head: (h: number, sigma: number): number => 5 * h - sigma,
}

/** Makes the split anew, with no calls yet. Tokens are [B, n]; `vec` carries σ a sample. */
export function createClosedFormSplit(signal: ProbeSignal = 'hidden'): ClosedFormSplit {
  const calls: SplitCall[] = []
  const { h0: embed, hm: probeOf, modulated, last, head } = closedForm
  return {
    calls,
    whole: (x, sigma) => mapped(x, (value) => head(last(embed(value), sigma), sigma)),
    async probe(x, sigma, previous) {
      calls.push({ part: 'probe', sigma, previous })
      const h0 = mapped(x, embed)
      const hm = mapped(h0, (value) => probeOf(value, sigma))
      const signals = {
        hidden: hm,
        none: hm,
        modulated: mapped(h0, (value) => modulated(value, sigma)),
        residual: less(hm, h0),
      }
      const compared = signals[signal]
      const before = previous ?? { h0: mapped(h0, () => 0), signal: mapped(compared, () => 0) }
      const told = { sigma, carried: {} }
      if (signal === 'none') return { ...told, h0, hm, signal: compared }
      return {
        ...told,
        h0,
        hm,
        signal: compared,
        ...(signal === 'hidden' ? { dx: meanAbs(less(h0, before.h0)), mx: meanAbs(before.h0) } : {}),
        dy: meanAbs(less(compared, before.signal)),
        my: meanAbs(before.signal),
      }
    },
    async deep(probe, samples) {
      calls.push({ part: 'deep', samples })
      const { h0, hm, sigma } = cut(probe, samples)
      const hl = mapped(h0, (value) => last(value, sigma))
      return { residual: less(hl, h0), probeResidual: less(hm, h0), out: mapped(hl, (h) => head(h, sigma)) }
    },
    async reuse(probe, samples, anchors, options) {
      calls.push({ part: 'reuse', samples, anchors, options })
      const { h0, hm, sigma } = cut(probe, samples)
      const now = meanAbs(less(less(hm, h0), anchors.p2))
      const chord = meanAbs(less(anchors.p1, anchors.p2))
      const gamma = mapped(now, (_, n) => overGroup(now, options, n) / overGroup(chord, options, n))
      const [low, high] = options.gammaClip
      const aligned = Array.from(gamma.data, (value, n) => {
        const trusted = Number.isFinite(value) && overGroup(chord, options, n) >= 1e-12
        return options.anchors === 2 && (trusted || !options.guard)
      })
      const width = h0.data.length / (h0.shape[0] ?? 1)
      const x = mapped(h0, (value, n) => {
        const sample = Math.floor(n / width)
        const [r1 = 0, r2 = 0] = [anchors.r1.data[n], anchors.r2.data[n]]
        const factor = Math.min(Math.max(gamma.data[sample] ?? 0, low), high)
        return value + (aligned[sample] === true ? r2 + factor * (r1 - r2) : r1)
      })
      return { out: mapped(x, (h) => head(h, sigma)), gamma, aligned }
    },
    async head(probe, samples, { base, residual }) {
      calls.push({ part: 'head', samples, base, residual })
      const { sigma } = cut(probe, samples)
      return mapped(base, (value, n) => head(value + (residual.data[n] ?? 0), sigma))
    },
  }
}

function cut(probe: ProbeResult, { start, count }: SampleRange): Cut {
  const view = (tensor: FloatTensor): FloatTensor => batchView(tensor, start, start + count)
  return { h0: view(probe.h0), hm: view(probe.hm), sigma: probe.sigma }
}

/** Σ over the samples that share one γ with sample `n`. */
function overGroup(perSample: FloatTensor, { groups }: ReuseOptions, n: number): number {
  const size = perSample.data.length
  return perSample.data.reduce((sum, value, m) => sum + value * (groups.data[n * size + m] ?? 0), 0)
}

function mapped(x: FloatTensor, change: (value: number, index: number) => number): FloatTensor {
  return floatTensor(x.shape, x.data.map(change))
}

function less(a: FloatTensor, b: FloatTensor): FloatTensor {
  return mapped(a, (value, n) => value - (b.data[n] ?? Number.NaN))
}

/** mean|x| a sample: [B, n] → [B]. */
function meanAbs(x: FloatTensor): FloatTensor {
  const samples = x.shape[0] ?? 0
  const width = x.data.length / samples
  return floatTensor(
    [samples],
    Float32Array.from({ length: samples }, (_, sample) => {
      const row = x.data.subarray(sample * width, (sample + 1) * width)
      return row.reduce((sum, value) => sum + Math.abs(value), 0) / width
    }),
  )
}
