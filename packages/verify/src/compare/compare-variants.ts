/** Runs of one workflow under several settings, each held against the uncached run of the same round. */
import { comparePictures } from '@dicache/nodes-diffusion/charts'
import type { FloatTensor } from '@dicache/tensor'
import { median } from '../bench/median.ts'
import { numberOf, record } from '../json.ts'

/** One setting and what its runs gave. */
export type VariantRuns = {
  /** For people: `DiCache, δ 0.2`. */
  readonly name: string
  /** What belongs together in a plot: the name of the policy. */
  readonly series: string
  /** What tells it from the others of its series: `δ 0.2`. */
  readonly label: string
  /** What was set beside the settings that all variants share, such as `5.threshold=0.2`. */
  readonly settings: readonly string[]
  /** float32 [B, H, W, C], 0..1. */
  readonly picture: FloatTensor
  /** The REPORT of its last run. */
  readonly report: unknown
  /** Wall time of sampling in each round, ms. */
  readonly wallMs: readonly number[]
}

/** The uncached runs: what all others are compared with. */
export type Baseline = { readonly runs: VariantRuns; readonly wallMs: number }

export type ComparedVariant = {
  readonly runs: VariantRuns
  /** Median of the rounds, ms. */
  readonly wallMs: number
  /** Median over the rounds of uncached ÷ this one. */
  readonly speedup: number
  /** Evaluations of the uncached run ÷ computed evaluations of this one. */
  readonly stepRatio: number | undefined
  /** What the arithmetic that was left out allows, against the uncached run. */
  readonly flopIdealSpeedup: number | undefined
  /** speedup ÷ stepRatio: how much of the saved steps is saved time. */
  readonly timePerStepSaved: number | undefined
  /** speedup ÷ flopIdealSpeedup, as `bench sampler` has it. */
  readonly efficiency: number | undefined
  /** Against the uncached picture, dB; infinite for an equal one. */
  readonly psnr: number
  readonly ssim: number
  readonly largestDifference: number
}

export type Comparison = { readonly baseline: Baseline; readonly variants: readonly ComparedVariant[] }

/** @throws RangeError when the number of rounds, or the shape of a picture, differs from the baseline's. */
export function compareVariants(baseline: VariantRuns, variants: readonly VariantRuns[]): Comparison {
  return {
    baseline: { runs: baseline, wallMs: median(baseline.wallMs) },
    variants: variants.map((runs) => compareOne(baseline, runs)),
  }
}

function compareOne(baseline: VariantRuns, runs: VariantRuns): ComparedVariant {
  if (runs.wallMs.length !== baseline.wallMs.length || runs.wallMs.length === 0) {
    throw new RangeError(
      `"${runs.name}" was timed in ${runs.wallMs.length} rounds, the uncached run in ${baseline.wallMs.length}`,
    )
  }
  const { psnr, ssim, largestDifference } = comparePictures(baseline.picture, runs.picture)
  const uncached = totalsOf(baseline.report)
  const own = totalsOf(runs.report)
  const stepRatio = ratio(uncached('evaluations'), own('computed'))
  // A report's own ideal is against all of its own steps; a run of fewer steps has fewer to begin with.
  const flopIdealSpeedup = product(
    own('flopIdealSpeedup'),
    ratio(uncached('evaluations'), own('evaluations')),
  )
  const speedup = median(baseline.wallMs.map((ms, round) => ms / (runs.wallMs[round] ?? Number.NaN)))
  return {
    runs,
    wallMs: median(runs.wallMs),
    speedup,
    stepRatio,
    flopIdealSpeedup,
    timePerStepSaved: ratio(speedup, stepRatio),
    efficiency: ratio(speedup, flopIdealSpeedup),
    psnr,
    ssim,
    largestDifference,
  }
}

function totalsOf(report: unknown): (name: string) => number | undefined {
  const totals = record(record(report)['totals'])
  return (name) => numberOf(totals[name])
}

function ratio(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined || b === 0 ? undefined : a / b
}

function product(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a * b
}

/** The comparison as JSON without pictures: what the page embeds and the terminal prints. Infinity is written as a word. */
export function comparisonJson({ baseline, variants }: Comparison): object {
  const facts = ({ name, series, label, settings, wallMs, report }: VariantRuns): object => ({
    name,
    series,
    label,
    settings,
    wallMsByRound: wallMs,
    report,
  })
  return {
    version: 1,
    baseline: { ...facts(baseline.runs), wallMs: baseline.wallMs },
    variants: variants.map(({ runs, psnr, ...numbers }) => ({
      ...facts(runs),
      ...numbers,
      psnr: Number.isFinite(psnr) ? psnr : String(psnr),
    })),
  }
}
