/** What a report is made of: everything that a sampling run knows about itself. */
import type { BranchStep, StepCachePolicy } from '@dicache/diffusion'
import type { PartArithmetic, TransformerParts } from '@dicache/models'

export type ReportFacts = {
  readonly model: string
  readonly policy: StepCachePolicy
  /** Everything was computed; decisions are those that would have been made. */
  readonly shadow: boolean
  readonly depth: number
  readonly sampler: string
  readonly scheduler: string
  readonly steps: number
  readonly cfg: number
  readonly branches: readonly string[]
  readonly entries: readonly BranchStep[]
  readonly wallMs: number
  readonly bytesMoved: number
  readonly cacheBytes: number
  /** What one branch's parts compute in one call, and its embedding an evaluation. */
  readonly arithmetic: TransformerParts<PartArithmetic>
}
