/** What a step cache is: a rule that decides on numbers, and the name of what is kept and how it answers. It holds no tensor and no clock. */
import type { ProbeSignal } from './split-forward.ts'

/** Where the run is. */
export type Place = {
  /** Index of the sampler's step, from 0, and steps of the whole run. */
  readonly step: number
  readonly steps: number
  /** Evaluations of the model since the run began; equals `step` for samplers that evaluate once a step. */
  readonly evaluation: number
  readonly sigma: number
  /** σ on the scale of steps: `step` where a step begins, between that and `step` + 1 for a further evaluation inside it. */
  readonly time: number
  /** Index of the conditioning branch that decides, and how many there are. */
  readonly branch: number
  readonly branches: number
}

/**
 * What a decision sees, by what is measured. Changes are relative, over the samples that decide together: against the evaluation
 * before for `hidden` and `modulated`, against the last computed one for `residual`. `input` is mean|x − x of the last computed one|.
 */
export type Seen = {
  readonly hidden: { readonly deltaX: number; readonly deltaY: number }
  readonly modulated: { readonly change: number }
  readonly residual: { readonly change: number }
  readonly input: { readonly change: number | undefined }
  readonly none: undefined
}

export type Measure = ProbeSignal | 'input'

/** Which branches share a decision, and whose numbers it is made of. */
export type Scope = 'independent' | 'cond-decides' | 'joint'

/** Why an evaluation was computed or reused. */
export type Reason =
  | 'no-cache'
  | 'calibration'
  | 'warm-up'
  | 'last-step'
  | 'outside-window'
  | 'collecting'
  | 'no-anchor'
  | 'schedule'
  | 'above-threshold'
  | 'not-a-number'
  | 'max-consecutive'
  | 'below-threshold'

/** The numbers of a decision, for reports. */
export type Scalars = {
  readonly deltaX?: number | undefined
  readonly deltaY?: number | undefined
  /** What the gate adds. */
  readonly indicator?: number | undefined
  readonly accBefore?: number
  /** What was tested; undefined when no gate was evaluated. */
  readonly accCompared?: number | undefined
  readonly accAfter?: number
  /** Numbers that only this policy has. */
  readonly extra?: Readonly<Record<string, number>>
}

/** `forced`: computed without asking. `refreshed`: the rule said compute. `reuse`: answered from what is kept. */
export type Verdict<S> = {
  readonly action: 'forced' | 'refreshed' | 'reuse'
  readonly reason: Reason
  readonly scalars: Scalars
  readonly state: S
}

/** What was found when a computed evaluation was put away. */
export type Facts = {
  /** mean|out|, and mean|out − out of the computed evaluation before|. */
  readonly outMagnitude?: number
  readonly outChange?: number | undefined
  /** mean over tokens of ‖R‖ / (‖R of the evaluation before‖ + 1e-8); 1 for the first. */
  readonly residualRatio?: number
}

/** What a branch keeps of computed evaluations, and so what a reused one is made of. */
export type Keeps =
  | { readonly kind: 'nothing' }
  /** Two (R, P): h0 + R₂ + γ (R₁ − R₂). γ is one for a sample, for a branch, or for all branches of a stack. */
  | {
      readonly kind: 'anchors'
      readonly gammaClip: readonly [number, number]
      readonly guard: boolean
      readonly share: 'sample' | 'branch' | 'all'
    }
  /** h0 + R₁. */
  | { readonly kind: 'residual' }
  /** hm + (R₁ − P₁). */
  | { readonly kind: 'tail' }
  /** A Taylor series of the last tokens, under a fresh head, or of the output. */
  | { readonly kind: 'forecast'; readonly of: 'hidden' | 'output'; readonly order: number }
  /** x + (out − x) of the last computed evaluation. */
  | { readonly kind: 'input' }
  /** The residuals' norms, to calibrate with. */
  | { readonly kind: 'norms' }

/** A policy as a rule: S what a decider remembers (one a branch when they decide alone), M what it measures. */
export type Strategy<S, M extends Measure = Measure> = {
  readonly start: S
  readonly measure: M
  readonly scope: Scope
  readonly keeps: Keeps
  /** Samples of a decider: their sums make one number, or the sample with the largest `rank` decides. */
  readonly batch: 'mean' | 'max'
  readonly rank: (seen: Seen[M]) => number
  readonly decide: (state: S, at: { readonly place: Place; readonly seen: Seen[M] }) => Verdict<S>
  /** Told of every evaluation that it had computed. */
  readonly observe?: (
    state: S,
    facts: Facts,
  ) => { readonly state: S; readonly extra: Readonly<Record<string, number>> }
}

/** Whether the decision needs the probe's numbers, or is made before anything runs. */
export function readsProbe(measure: Measure): boolean {
  return measure !== 'none' && measure !== 'input'
}
