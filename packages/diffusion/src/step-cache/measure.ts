/** From the probe's means a sample to the numbers that a decision sees. */
import type { FloatTensor } from '@dicache/tensor'
import type { ProbeResult, SampleRange } from './split-forward.ts'
import type { Measure, Seen } from './strategy.ts'

/** Samples of a probe that decide together. */
export type Voters = { readonly probe: ProbeResult; readonly samples: SampleRange }

/** How the samples' numbers become one: of sums for `mean`, of the sample that ranks highest for `max`. */
export type Pooling<S> = { readonly batch: 'mean' | 'max'; readonly rank: (seen: S) => number }

type FromProbe = Exclude<Measure, 'input' | 'none'>

const READ: { readonly [M in FromProbe]: (voters: readonly Voters[]) => Seen[M] } = {
  hidden: (voters) => ({ deltaX: relative(voters, 'dx', 'mx'), deltaY: relative(voters, 'dy', 'my') }),
  modulated: (voters) => ({ change: relative(voters, 'dy', 'my') }),
  residual: (voters) => ({ change: relative(voters, 'dy', 'my') }),
}

/** What was measured over all voters. NaN ranks highest: it must not be reused on. */
export function measureProbe<M extends FromProbe>(
  measure: M,
  voters: readonly Voters[],
  { batch, rank }: Pooling<Seen[M]>,
): Seen[M] {
  if (batch === 'mean') return READ[measure](voters)
  return samplesOf(voters)
    .map((sample) => READ[measure]([sample]))
    .reduce((most, seen) => (rank(seen) > rank(most) || Number.isNaN(rank(seen)) ? seen : most))
}

function samplesOf(voters: readonly Voters[]): readonly Voters[] {
  return voters.flatMap(({ probe, samples: { start, count } }) =>
    Array.from({ length: count }, (_, n) => ({ probe, samples: { start: start + n, count: 1 } })),
  )
}

/** Σ|now − before| / Σ|before|, rounded to float32. */
function relative(voters: readonly Voters[], difference: 'dx' | 'dy', magnitude: 'mx' | 'my'): number {
  return Math.fround(total(voters, difference) / total(voters, magnitude))
}

function total(voters: readonly Voters[], name: 'dx' | 'mx' | 'dy' | 'my'): number {
  return voters.reduce((sum, { probe, samples }) => sum + sumOf(probe[name], name, samples), 0)
}

function sumOf(tensor: FloatTensor | undefined, name: string, { start, count }: SampleRange): number {
  if (tensor === undefined) throw new RangeError(`step cache: this probe does not measure ${name}`)
  return tensor.data.subarray(start, start + count).reduce((sum, value) => sum + value, 0)
}
