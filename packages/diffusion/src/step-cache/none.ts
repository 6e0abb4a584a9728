/** Every evaluation computed, on the same path: what the caches are compared with, and what a threshold of 0 must equal bit by bit. */
import type { Strategy } from './strategy.ts'

export type NoCachePolicy = { readonly kind: 'none' }

export const NO_CACHE: NoCachePolicy = { kind: 'none' }

export function none(): Strategy<undefined, 'hidden'> {
  return {
    start: undefined,
    // What DiCache measures, so that runs with and without it share one probe.
    measure: 'hidden',
    scope: 'independent',
    keeps: { kind: 'nothing' },
    batch: 'mean',
    rank: () => 0,
    decide: (state) => ({ action: 'forced', reason: 'no-cache', scalars: {}, state }),
  }
}
