/** The sigma lists of the models' own pipelines and of diffusers: float32, from noise to 0, steps + 1 long. */
import { linspace, toFloat32 } from './linspace.ts'
import { exponentialShift, linearShift } from './model-sampling.ts'

/** Sigmas, and the timestep that the model is given with each of them but the last. */
export type TimedSchedule = { readonly sigmas: readonly number[]; readonly timesteps: readonly number[] }

const trainSteps = 1000

/** FLUX (Black Forest Labs): t even from 1 to 0, shifted by e^μ. Timestep = σ. Without μ (schnell): no shift. */
export function fluxSchedule(steps: number, mu?: number): readonly number[] {
  const times = linspace(1, 0, steps + 1)
  return toFloat32(mu === undefined ? times : times.map((time) => exponentialShift(time, mu)))
}

/** t even from 1 to 0, shifted: also what Wan's pipeline hands to its DPM-Solver++. */
export function staticShiftSchedule(steps: number, shift: number): readonly number[] {
  return toFloat32(linspace(1, 0, steps + 1).map((time) => linearShift(time, shift)))
}

/** HunyuanVideo: {@link staticShiftSchedule}; timesteps are σ·1000 as float32. Official shift 7. */
export function hunyuanSchedule(steps: number, shift: number): TimedSchedule {
  const sigmas = staticShiftSchedule(steps, shift)
  return { sigmas, timesteps: toFloat32(sigmas.slice(0, -1).map((sigma) => sigma * trainSteps)) }
}

/**
 * Wan 2.1 (FlowUniPC), and diffusers' DPM-Solver++ with flow sigmas: t even from 0.999 to 0, shifted. Timesteps are
 * whole numbers, trunc(1000·σ). Official shift 5, for image-to-video at 480p 3.
 */
export function wanSchedule(steps: number, shift: number): TimedSchedule {
  const times = linspace(1 - 1 / trainSteps, 0, steps + 1).slice(0, -1)
  return truncated(times.map((time) => linearShift(time, shift)))
}

/** diffusers' UniPC with flow sigmas: t even from 1 to 0.001, shifted, the first moved just below 1. */
export function diffusersUniPcSchedule(steps: number, shift: number): TimedSchedule {
  const times = linspace(1, 1 / trainSteps, steps + 1).slice(0, -1)
  const [, ...rest] = times.map((time) => linearShift(time, shift))
  return truncated([1 - 1e-6, ...rest])
}

/** diffusers' FlowMatchEuler and FlowMatchHeun: even between σ_max and σ_min, which are shifted a second time. */
export function diffusersEulerSchedule(steps: number, shift: number): readonly number[] {
  const times = linspace(1, linearShift(1 / trainSteps, shift), steps)
  return [...toFloat32(times.map((time) => linearShift(time, shift))), 0]
}

function truncated(sigmas: readonly number[]): TimedSchedule {
  return {
    sigmas: [...toFloat32(sigmas), 0],
    timesteps: sigmas.map((sigma) => Math.trunc(sigma * trainSteps)),
  }
}
