/** Runs of a comparison as they come from a workflow: small pictures, short reports. */
import { floatTensor } from '@dicache/tensor'
import type { VariantRuns } from '../compare-variants.ts'

const SIDE = 16

/** Runs of a setting whose picture is the uncached one plus `error` in every channel. */
export function sampleRuns(
  overrides: Partial<VariantRuns> & { readonly error?: number; readonly computed?: number } = {},
): VariantRuns {
  const { error = 0, computed = 6, ...given } = overrides
  const picture = Float32Array.from({ length: SIDE * SIDE * 3 }, (_, index) => (index % 5) / 10 + error)
  return {
    name: 'DiCache, δ 0.2',
    series: 'DiCache',
    label: 'δ 0.2',
    settings: ['5.threshold=0.2'],
    picture: floatTensor([1, SIDE, SIDE, 3], picture),
    report: reportOf(computed),
    wallMs: [100, 110, 90],
    ...given,
  }
}

function reportOf(computed: number): object {
  return {
    version: 1,
    model: 'emoji',
    policy: { kind: 'dicache', threshold: 0.2, indicator: 'delta_y', gammaClip: [1, 1.5] },
    sampler: 'euler',
    scheduler: 'simple',
    steps: 6,
    branches: ['cond'],
    totals: {
      evaluations: 6,
      computed,
      reused: 6 - computed,
      stepRatio: 6 / computed,
      flopIdealSpeedup: 1.8,
    },
    why: `${6 - computed} of 6 evaluations were answered from the cache.`,
    entries: Array.from({ length: 6 }, (_, step) => ({
      step,
      order: 0,
      branch: 'cond',
      decision: step < computed ? 'forced' : 'dcta',
      accumulator: step < computed ? null : 0.1,
      deltaY: step < computed ? null : 0.1,
      gammaRaw: step < computed ? null : 1.7,
      gamma: step < computed ? null : 1.5,
      ms: step < computed ? 20 : 2,
    })),
  }
}
