/** A small sampling report, of the form that samplers give. */

const DECISIONS = ['forced', 'forced', 'dcta', 'dcta', 'refreshed', 'dcta', 'zero-order', 'forced'] as const

type Overrides = {
  readonly model?: string
  readonly branches?: readonly string[]
  readonly decision?: string
  readonly policy?: Readonly<Record<string, unknown>>
}

/** Eight steps a branch: 3 forced, 1 refreshed, 3 by DCTA, 1 of zero order. */
export function sampleReport(overrides: Overrides = {}): Readonly<Record<string, unknown>> {
  const branches = overrides.branches ?? ['cond', 'uncond']
  const entries = DECISIONS.flatMap((decision, step) =>
    branches.map((branch) => ({
      step,
      order: 0,
      branch,
      sigma: 1 - step / 8,
      decision: overrides.decision ?? decision,
      reason: 'below-threshold',
      deltaX: 0.05,
      deltaY: decision === 'forced' ? null : 0.04 + step / 100,
      accumulator: decision === 'forced' ? null : decision === 'refreshed' ? 0.25 : 0.06 * step,
      gammaRaw: decision === 'dcta' ? (step === 2 ? 'Infinity' : step === 3 ? 2.5 : 1.2) : null,
      gamma: decision === 'dcta' ? (step === 3 ? 1.5 : 1.2) : null,
      ms: decision === 'dcta' || decision === 'zero-order' ? 2 : 20,
    })),
  )
  return {
    version: 1,
    model: overrides.model ?? 'emoji',
    policy: overrides.policy ?? {
      kind: 'dicache',
      threshold: 0.2,
      indicator: 'delta_y',
      gammaClip: [1, 1.5],
    },
    sampler: 'euler',
    scheduler: 'simple',
    steps: DECISIONS.length,
    branches,
    totals: {
      evaluations: 8 * branches.length,
      computed: 4 * branches.length,
      reused: 4 * branches.length,
      stepRatio: 2,
      msPerFullStep: 20,
      msPerReusedStep: 2,
      flopIdealSpeedup: 1.9,
      gammaClippedShare: 1 / 3,
      wallMs: 176,
      cacheBytes: 4096,
    },
    why: 'half of the evaluations were answered from the cache.',
    entries,
  }
}
