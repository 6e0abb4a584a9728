/**
 * DPM-Solver-2 with ancestral noise: the midpoint step of `dpm-2.ts` (arXiv:2206.00927, algorithm 1) to the lower level
 * of `ancestral.ts`, then noise.
 */
import { weightedSum } from '@dicache/tensor'
import { flowAncestralStep } from './ancestral.ts'
import { defineSampler } from './define-sampler.ts'
import { midpointStep } from './dpm-2.ts'
import type { Sample } from './sampler.ts'

/** Two evaluations and one noise tensor a step (one evaluation, no noise at the last). */
export const sampleDpm2Ancestral: Sample = defineSampler(
  'dpm_2_ancestral',
  ({ drawNoise }) =>
    async (step) => {
      const { down, keep, up } = flowAncestralStep(step.sigma, step.next, 1)
      const lower = await midpointStep({ ...step, next: down })
      if (step.next === 0) return lower
      return { ...lower, x: weightedSum([keep, lower.x], [up, drawNoise(step.x.shape)]) }
    },
)
