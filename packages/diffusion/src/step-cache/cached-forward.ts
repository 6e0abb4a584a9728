/** The step cache around a split transformer, by the policy of a run. State lives as long as the value that is made here. */
import { dicache } from './dicache.ts'
import { easycache } from './easycache.ts'
import { fbcache } from './fbcache.ts'
import { interval } from './interval.ts'
import type { LaneSpec } from './lane.ts'
import { magcache, magcacheCalibration } from './magcache.ts'
import { none } from './none.ts'
import type { StepCachePolicy } from './policy.ts'
import { type CachedForward, runStrategy, type RunOptions } from './run-strategy.ts'
import type { ProbeSignal, SplitForward } from './split-forward.ts'
import type { Measure, Strategy } from './strategy.ts'
import { taylorseer } from './taylorseer.ts'
import { teacache } from './teacache.ts'

export type CachedForwardOptions = RunOptions & { readonly policy: StepCachePolicy }

/**
 * Wraps a split transformer for one run; several, each with branches of its own, where their conditions do not stack. A new run, another size
 * or another model needs a new value: nothing is carried over.
 * @throws RangeError when the policy cannot be run.
 */
export function createCachedForward(
  split: SplitForward | readonly LaneSpec[],
  { policy, ...options }: CachedForwardOptions,
): CachedForward {
  const lanes = 'probe' in split ? [{ split, branches: options.branches }] : split
  return withStrategy(policy, (strategy) => runStrategy(strategy, lanes, options))
}

/** What a policy reads of the split: what its probe compares, and the parts that answer. */
export type SplitNeeds = { readonly signal: ProbeSignal; readonly answers: readonly ('reuse' | 'head')[] }

/** What must be opened for a policy, so that nothing is opened while it samples. */
export function splitNeeds(policy: StepCachePolicy): SplitNeeds {
  return withStrategy(policy, ({ measure, keeps }) => ({
    signal: signalOf(measure),
    answers:
      keeps.kind === 'anchors'
        ? ['reuse']
        : keeps.kind === 'residual' ||
            keeps.kind === 'tail' ||
            (keeps.kind === 'forecast' && keeps.of === 'hidden')
          ? ['head']
          : [],
  }))
}

function signalOf(measure: Measure): ProbeSignal {
  return measure === 'input' ? 'none' : measure
}

function withStrategy<T>(
  policy: StepCachePolicy,
  use: <S, M extends Measure>(strategy: Strategy<S, M>) => T,
): T {
  switch (policy.kind) {
    case 'none':
      return use(none())
    case 'dicache':
      return use(dicache(policy))
    case 'interval':
      return use(interval(policy))
    case 'teacache':
      return use(teacache(policy))
    case 'fbcache':
      return use(fbcache(policy))
    case 'easycache':
      return use(easycache(policy))
    case 'magcache':
      return use(magcache(policy))
    case 'magcache-calibration':
      return use(magcacheCalibration())
    case 'taylorseer':
      return use(taylorseer(policy))
  }
}
