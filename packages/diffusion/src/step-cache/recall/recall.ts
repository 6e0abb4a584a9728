/** What a lane keeps of computed evaluations, and how a reused one is answered from it. Tensors live here and nowhere else. */
import type { FloatTensor } from '@dicache/tensor'
import type { DeepResult, ProbeResult, SampleRange } from '../split-forward.ts'
import type { Facts } from '../strategy.ts'

/** Neighbouring branches of a lane, and their samples in its stack. */
export type BranchRange = { readonly branches: SampleRange; readonly samples: SampleRange }

/** A computed evaluation of some branches; `deep` and `x` are cut to them. */
export type Computed = {
  readonly range: BranchRange
  readonly deep: DeepResult
  readonly x: FloatTensor
  /** Tokens of the whole lane. */
  readonly probe: ProbeResult
  readonly time: number
}

/** A question for some branches; `x` is cut to them. */
export type Question = {
  readonly range: BranchRange
  readonly x: FloatTensor
  /** Of the whole lane; undefined when nothing ran and `needsProbe` is false. */
  readonly probe: ProbeResult | undefined
  readonly time: number
}

export type Answered = {
  readonly out: FloatTensor
  readonly action: 'zero-order' | 'dcta' | 'forecast'
  /** Parts that ran for it, beside the probe. */
  readonly part: 'reuse' | 'head' | 'nothing'
  /** A sample, where trajectories were aligned. */
  readonly gamma?: FloatTensor
  readonly aligned?: readonly boolean[]
}

export type Recall = {
  /** Whether an answer reads the probe's tokens. */
  readonly needsProbe: boolean
  /** What is worth knowing of a computed evaluation, before it is remembered. */
  readonly factsOf?: (computed: Computed) => Facts
  readonly remember: (computed: Computed) => void
  readonly answer: (question: Question) => Promise<Answered>
  /** Branches with different numbers are asked apart. */
  readonly groupOf?: (branch: number) => number
  /** The signal of the last computed evaluation, for the whole lane. */
  readonly compared?: () => FloatTensor | undefined
  /** mean|x − x of the last computed evaluation|. */
  readonly inputChange?: (range: BranchRange, x: FloatTensor) => number | undefined
  readonly forget: () => void
  /** Tensors that are held now. */
  readonly held: () => readonly FloatTensor[]
}
