/** The schedulers by their ComfyUI names, and the sigma list that a sampling node asks for. */
import type { ModelSampling } from './model-sampling.ts'
import {
  exponentialSchedule,
  karrasSchedule,
  klOptimalSchedule,
  linearQuadraticSchedule,
} from './range-schedules.ts'
import { betaSchedule, ddimUniformSchedule, simpleSchedule } from './table-schedules.ts'
import { normalSchedule, sgmUniformSchedule } from './timestep-schedules.ts'

/** Sigmas (float32) from noise to 0 for a number of steps; most schedulers give steps + 1 of them. */
export type Scheduler = (sampling: ModelSampling, steps: number) => readonly number[]

/** Names of the schedulers, in the order in which ComfyUI lists them. */
export type SchedulerName =
  | 'simple'
  | 'sgm_uniform'
  | 'karras'
  | 'exponential'
  | 'ddim_uniform'
  | 'beta'
  | 'normal'
  | 'linear_quadratic'
  | 'kl_optimal'

/** Every scheduler by its name. */
export const schedulers: Readonly<Record<SchedulerName, Scheduler>> = Object.freeze({
  simple: simpleSchedule,
  sgm_uniform: sgmUniformSchedule,
  karras: karrasSchedule,
  exponential: exponentialSchedule,
  ddim_uniform: ddimUniformSchedule,
  beta: betaSchedule,
  normal: normalSchedule,
  linear_quadratic: linearQuadraticSchedule,
  kl_optimal: klOptimalSchedule,
})

/** Whether a string names a scheduler. */
export function isSchedulerName(name: string): name is SchedulerName {
  return Object.hasOwn(schedulers, name)
}

/** What decides a sigma list. */
export type SigmaRequest = {
  readonly sampling: ModelSampling
  readonly scheduler: SchedulerName
  /** Whole, at least 1. */
  readonly steps: number
  /** The share of the noise that is undone, 0 … 1; above 0.9999 counts as 1. @defaultValue 1 */
  readonly denoise?: number
  /** Plan one step more and leave out the last sigma before 0, as some samplers want it. @defaultValue false */
  readonly dropPenultimate?: boolean
}

/**
 * The sigmas of a sampling run. With denoise d < 1: those of int(steps / d) steps, of which the last steps + 1 are kept;
 * d ≤ 0 gives an empty list.
 * @throws RangeError when steps is not whole and positive, or the scheduler is not defined for it.
 */
export function sigmasFor(request: SigmaRequest): readonly number[] {
  const { sampling, scheduler, steps, denoise = 1, dropPenultimate = false } = request
  if (!Number.isInteger(steps) || steps < 1) throw new RangeError(`schedule: ${steps} is no number of steps`)
  if (!(denoise > 0)) return []
  const plan = (count: number): readonly number[] => {
    if (!dropPenultimate) return schedulers[scheduler](sampling, count)
    const sigmas = schedulers[scheduler](sampling, count + 1)
    return [...sigmas.slice(0, -2), ...sigmas.slice(-1)]
  }
  return denoise > 0.9999 ? plan(steps) : plan(Math.trunc(steps / denoise)).slice(-(steps + 1))
}
