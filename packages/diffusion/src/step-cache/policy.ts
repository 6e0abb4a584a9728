/** What a step cache may be told, and the profiles of the released DiCache scripts (arXiv 2508.17356, table in docs/dicache.md). */

export type DiCachePolicy = {
  readonly kind: 'dicache'
  /** δ: a step is reused while the accumulated indicator is below it. 0 never reuses. */
  readonly threshold: number
  readonly indicator: 'delta_y' | 'delta_minus'
  /** Steps at the start that are always computed. */
  readonly warmupSteps: number
  /** Whether the last step is always computed. */
  readonly forceLast: boolean
  /** The released FLUX and WAN test `acc < δ`, HunyuanVideo `acc <= δ`. */
  readonly reuseWhen: 'less' | 'less-or-equal'
  /** Bounds of γ. */
  readonly gammaClip: readonly [number, number]
  /** How a reused step's residual is made: `dcta` blends the two newest, `zero-order` takes the newest. */
  readonly alignment: 'dcta' | 'zero-order'
  /**
   * `reference`: γ that is not finite, or has a denominator below 1e-12, falls back to zero order. `official`: the released behaviour, NaN included.
   */
  readonly semantics: 'reference' | 'official'
  /** Samples of a batch: `mean` takes one indicator over all, `max` lets the largest per-sample one decide. */
  readonly batch: 'mean' | 'max'
  /** Reused steps in a row before one is computed all the same. */
  readonly maxConsecutive: number
}

/** Every step computed: the same path, no gate. */
export type NoCachePolicy = { readonly kind: 'none' }

export type StepCachePolicy = DiCachePolicy | NoCachePolicy

export const NO_CACHE: NoCachePolicy = { kind: 'none' }

/** A profile: what the released script of a family sets. `warmup` turns the ratio into whole steps. */
export type Profile = {
  readonly threshold: Readonly<Record<DiCachePolicy['indicator'], number>>
  readonly retention: Readonly<Record<DiCachePolicy['indicator'], number>>
  readonly warmup: (retention: number, steps: number) => number
  readonly forceLast: boolean
  readonly reuseWhen: DiCachePolicy['reuseWhen']
  readonly gammaClip: readonly [number, number]
}

export type ProfileName = 'flux' | 'hunyuan' | 'wan'

export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  // forced while cnt <= int(ret·N): one step more than the share says
  flux: {
    threshold: { delta_y: 0.4, delta_minus: 0.08 },
    retention: { delta_y: 0.2, delta_minus: 0 },
    warmup: (retention, steps) => Math.trunc(retention * steps) + 1,
    forceLast: true,
    reuseWhen: 'less',
    gammaClip: [1, 1.5],
  },
  hunyuan: {
    threshold: { delta_y: 0.1, delta_minus: 0.1 },
    retention: { delta_y: 0.2, delta_minus: 0.2 },
    warmup: (retention, steps) => Math.trunc(retention * steps),
    forceLast: false,
    reuseWhen: 'less-or-equal',
    gammaClip: [1, 1.5],
  },
  wan: {
    threshold: { delta_y: 0.08, delta_minus: 0.08 },
    retention: { delta_y: 0.2, delta_minus: 0.2 },
    warmup: (retention, steps) => Math.trunc(retention * steps),
    forceLast: false,
    reuseWhen: 'less',
    gammaClip: [1, 2],
  },
}

export type PolicyChoice = { readonly profile: ProfileName; readonly steps: number } & Partial<
  Omit<DiCachePolicy, 'kind' | 'warmupSteps'>
> & {
    /** Steps, or a share of all steps below 1. The profile's own when left out. */
    readonly warmup?: number
  }

/** A profile's policy for a number of steps, with the given settings on top. */
export function policyOf(choice: PolicyChoice): DiCachePolicy {
  const profile = PROFILES[choice.profile]
  const indicator = choice.indicator ?? 'delta_y'
  const warmup = choice.warmup ?? profile.retention[indicator]
  return {
    kind: 'dicache',
    threshold: choice.threshold ?? profile.threshold[indicator],
    indicator,
    warmupSteps: warmup >= 1 ? Math.trunc(warmup) : profile.warmup(warmup, choice.steps),
    forceLast: choice.forceLast ?? profile.forceLast,
    reuseWhen: choice.reuseWhen ?? profile.reuseWhen,
    gammaClip: choice.gammaClip ?? profile.gammaClip,
    alignment: choice.alignment ?? 'dcta',
    semantics: choice.semantics ?? 'reference',
    batch: choice.batch ?? 'mean',
    maxConsecutive: choice.maxConsecutive ?? Number.POSITIVE_INFINITY,
  }
}
