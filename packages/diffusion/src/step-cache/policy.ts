/** What a step cache may be told, and the profiles of the released DiCache scripts (arXiv 2508.17356). */
import type { EasyCachePolicy } from './easycache.ts'
import type { FbCachePolicy } from './fbcache.ts'
import type { IntervalPolicy } from './interval.ts'
import type { MagCacheCalibrationPolicy, MagCachePolicy } from './magcache.ts'
import type { NoCachePolicy } from './none.ts'
import type { StepRange, StepWindow } from './step-window.ts'
import { resolveWindows } from './step-window.ts'
import type { Scope } from './strategy.ts'
import type { TaylorSeerPolicy } from './taylorseer.ts'
import type { TeaCachePolicy } from './teacache.ts'

export type DiCachePolicy = {
  readonly kind: 'dicache'
  /** δ: a step is reused while the accumulated indicator is below it. 0 never reuses. */
  readonly threshold: number
  readonly indicator: 'delta_y' | 'delta_minus'
  /** Steps at the start that are always computed. */
  readonly warmupSteps: number
  /** The released WAN's warm-up, in calls of cond and uncond in turn; goes before `warmupSteps`. */
  readonly warmupCalls?: number
  /** Whether the last step is always computed. */
  readonly forceLast: boolean
  /** Steps inside which reuse is allowed, as [from, to); none means everywhere. */
  readonly windows: readonly StepRange[]
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
  /**
   * Conditioning branches: each decides alone; or the first for all, each with its own γ; or all as one batch, with one indicator and one γ.
   * Branches that cannot share a stack have a γ each.
   */
  readonly cfg: Scope
  /** Samples of a batch: `mean` takes one indicator over all, `max` lets the largest per-sample one decide. */
  readonly batch: 'mean' | 'max'
  /** Reused steps in a row before one is computed all the same. */
  readonly maxConsecutive: number
}

export type StepCachePolicy =
  | DiCachePolicy
  | NoCachePolicy
  | IntervalPolicy
  | TeaCachePolicy
  | FbCachePolicy
  | EasyCachePolicy
  | MagCachePolicy
  | MagCacheCalibrationPolicy
  | TaylorSeerPolicy

/** A profile: what the released script of a family sets. `extraStep`: forced while the count is at most int(ret·N), not below it. */
export type Profile = {
  readonly threshold: Readonly<Record<DiCachePolicy['indicator'], number>>
  readonly retention: Readonly<Record<DiCachePolicy['indicator'], number>>
  readonly extraStep: 0 | 1
  /** Whether the released script counts its warm-up in calls, of cond and uncond in turn. */
  readonly countsCalls: boolean
  readonly forceLast: boolean
  readonly reuseWhen: DiCachePolicy['reuseWhen']
  readonly gammaClip: readonly [number, number]
  readonly cfg: Scope
}

export type ProfileName = 'flux' | 'hunyuan' | 'wan'

export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  flux: {
    threshold: { delta_y: 0.4, delta_minus: 0.08 },
    retention: { delta_y: 0.2, delta_minus: 0 },
    extraStep: 1,
    countsCalls: false,
    forceLast: true,
    reuseWhen: 'less',
    gammaClip: [1, 1.5],
    cfg: 'independent',
  },
  hunyuan: {
    threshold: { delta_y: 0.1, delta_minus: 0.1 },
    retention: { delta_y: 0.2, delta_minus: 0.2 },
    extraStep: 0,
    countsCalls: false,
    forceLast: false,
    reuseWhen: 'less-or-equal',
    gammaClip: [1, 1.5],
    cfg: 'joint',
  },
  wan: {
    threshold: { delta_y: 0.08, delta_minus: 0.08 },
    retention: { delta_y: 0.2, delta_minus: 0.2 },
    extraStep: 0,
    countsCalls: true,
    forceLast: false,
    reuseWhen: 'less',
    gammaClip: [1, 2],
    cfg: 'independent',
  },
}

export type PolicyChoice = {
  readonly profile: ProfileName
  readonly steps: number
  /** Conditioning branches, for a warm-up that is counted in calls. @defaultValue 1 */
  readonly branches?: number
} & Partial<Omit<DiCachePolicy, 'kind' | 'warmupSteps' | 'warmupCalls' | 'windows'>> & {
    /** Steps, or a share of all steps below 1. The profile's own when left out. */
    readonly warmup?: number
    readonly windows?: readonly StepWindow[]
  }

/** A profile's policy for a number of steps, with the given settings on top. */
export function policyOf(choice: PolicyChoice): DiCachePolicy {
  const profile = PROFILES[choice.profile]
  const indicator = choice.indicator ?? 'delta_y'
  const semantics = choice.semantics ?? 'reference'
  const warmup = choice.warmup ?? profile.retention[indicator]
  const isShare = warmup < 1
  const calls = Math.trunc(warmup * choice.steps * (choice.branches ?? 1))
  return {
    kind: 'dicache',
    threshold: choice.threshold ?? profile.threshold[indicator],
    indicator,
    warmupSteps: isShare ? Math.trunc(warmup * choice.steps) + profile.extraStep : Math.trunc(warmup),
    ...(isShare && semantics === 'official' && profile.countsCalls ? { warmupCalls: calls } : {}),
    forceLast: choice.forceLast ?? profile.forceLast,
    windows: resolveWindows(choice.windows ?? [], choice.steps),
    reuseWhen: choice.reuseWhen ?? profile.reuseWhen,
    gammaClip: choice.gammaClip ?? profile.gammaClip,
    alignment: choice.alignment ?? 'dcta',
    semantics,
    cfg: choice.cfg ?? profile.cfg,
    batch: choice.batch ?? 'mean',
    maxConsecutive: choice.maxConsecutive ?? Number.POSITIVE_INFINITY,
  }
}
