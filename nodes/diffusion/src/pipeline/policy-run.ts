/** What a policy may depend on beside its settings. */
export type PolicyRun = {
  readonly steps: number
  readonly branches: number
  /** Whether the sampler adds noise on the way, and how often it evaluates the model in a step. */
  readonly stochastic: boolean
  readonly evaluationsPerStep: number
}
