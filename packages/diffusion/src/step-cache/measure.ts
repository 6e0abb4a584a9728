/** From the probe's means a sample to the numbers that a decision sees. */
import type { FloatTensor } from '@dicache/tensor'
import type { ProbeResult, SampleRange } from './split-forward.ts'
import { type Measure, readsProbe, type Seen } from './strategy.ts'

/** Samples of a probe that decide together. */
export type Voters = { readonly probe: ProbeResult; readonly samples: SampleRange }

/** What can be measured of a decider. */
export type Source = {
  readonly voters: readonly Voters[]
  /** mean|x − x of the last computed evaluation|, where inputs are kept. */
  readonly inputChange: () => number | undefined
}

/** How the samples' numbers become one: of sums for `mean`, of the sample that ranks highest for `max`. */
export type Pooling<S> = { readonly batch: 'mean' | 'max'; readonly rank: (seen: S) => number }

const READ: { readonly [M in Measure]: (source: Source) => Seen[M] } = {
  hidden: ({ voters }) => ({ deltaX: relative(voters, 'dx', 'mx'), deltaY: relative(voters, 'dy', 'my') }),
  modulated: ({ voters }) => ({ change: relative(voters, 'dy', 'my') }),
  residual: ({ voters }) => ({ change: relative(voters, 'dy', 'my') }),
  input: ({ inputChange }) => ({ change: inputChange() }),
  none: () => undefined,
}

/** What a decider sees. NaN ranks highest: it must not be reused on. */
export function measure<M extends Measure>(name: M, source: Source, pooling: Pooling<Seen[M]>): Seen[M] {
  const { batch, rank } = pooling
  if (batch === 'mean' || !readsProbe(name)) return READ[name](source)
  return samplesOf(source.voters)
    .map((sample) => READ[name]({ ...source, voters: [sample] }))
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
