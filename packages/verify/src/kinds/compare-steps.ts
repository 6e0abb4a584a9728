/** A run of DiCache held against the calls of a trace. */
import type { BranchStep } from '@dicache/diffusion'
import type { Check } from '../check.ts'
import { numberOf, text } from '../json.ts'
import { compareDecisions, relativeGap } from './cached-run.ts'

const ACTIONS: Readonly<Record<BranchStep['action'], string>> = {
  forced: 'full_forced',
  refreshed: 'full_adaptive',
  'zero-order': 'reuse_zero_order',
  dcta: 'reuse_dcta',
  forecast: 'forecast',
}

/** What a trace's scalars are called here. */
const SCALARS = {
  delta_x: 'deltaX',
  delta_y: 'deltaY',
  error: 'indicator',
  acc_before: 'accBefore',
  acc_compared: 'accCompared',
  acc_after: 'accAfter',
  gamma_raw: 'gammaRaw',
  gamma: 'gamma',
} as const

export type TraceScalar = keyof typeof SCALARS

const ALL: readonly TraceScalar[] = [
  'delta_x',
  'delta_y',
  'error',
  'acc_before',
  'acc_compared',
  'acc_after',
  'gamma_raw',
  'gamma',
]

/** Decisions must be equal; scalars may differ by `relative` of max(1, |expected|); null where there is none. */
export function* compareSteps(
  label: string,
  steps: readonly BranchStep[],
  calls: readonly Readonly<Record<string, unknown>>[],
  allowed: { readonly relative: number; readonly scalars?: readonly TraceScalar[] },
): Generator<Check> {
  const { relative, scalars = ALL } = allowed
  yield compareDecisions(
    `${label}.decisions`,
    steps.map(({ action }) => ACTIONS[action]),
    calls.map((call) => text(call['decision'])),
  )
  for (const key of scalars) {
    const field = SCALARS[key]
    const worst = Math.max(...calls.map((call, n) => relativeGap(steps[n]?.[field], numberOf(call[key]))))
    yield { name: `${label}.${key}`, worst, tolerance: relative, ok: worst <= relative, note: 'relative' }
  }
}
