/**
 * UniPC, a multistep predictor-corrector. Zhao et al., "UniPC: A Unified Predictor-Corrector Framework for Fast Sampling
 * of Diffusion Models" (arXiv:2302.04867), section 3 (UniPC-p): a predictor goes to the next level, the model
 * is evaluated there, and the corrector uses that evaluation to improve the same step, at no cost. The order grows from 1
 * and falls to 1 at the end; the last step has no corrector.
 */
import { type FloatTensor, type Term, weightedSum } from '@dicache/tensor'
import { defineSampler } from './define-sampler.ts'
import { explodingSpace, flowSpace, type LogSnr } from './log-snr.ts'
import type { Sample } from './sampler.ts'
import {
  correctorWeights,
  predictorWeights,
  type UniPcStep,
  type UniPcVariant,
  type UniPcWeights,
} from './uni-pc-weights.ts'

/** The level that stands for 0 where -ln σ must be finite. */
const almostZero = 0.001

/** The level that stands for 1 where ln((1 - σ)/σ) must be finite. */
const almostOne = 1 - 1e-6

/** ComfyUI's `uni_pc`: λ = -ln σ, order min(3, steps - 1), B(h) = h; the last sigma 0 is taken as 0.001. */
export const sampleUniPc: Sample = explodingUniPc('uni_pc', 'bh1')

/** ComfyUI's `uni_pc_bh2`: the same with B(h) = e^h - 1. */
export const sampleUniPcBh2: Sample = explodingUniPc('uni_pc_bh2', 'bh2')

/** Wan's and diffusers' UniPC: λ = ln((1 - σ)/σ), order 2, B(h) = e^h - 1; the step to 0 gives x₀. */
export const sampleFlowUniPc: Sample = flowUniPc('uni_pc (flow)', 2)

/** The same with order 3. */
export const sampleFlowUniPcOrder3: Sample = flowUniPc('uni_pc (flow, order 3)', 3)

function explodingUniPc(name: string, variant: UniPcVariant): Sample {
  const { alpha, lambda } = explodingSpace
  return uniPc(name, {
    space: { alpha, lambda },
    orderOf: (steps) => Math.max(1, Math.min(3, steps - 1)),
    variant,
    end: almostZero,
  })
}

function flowUniPc(name: string, order: number): Sample {
  const { alpha, lambda } = flowSpace
  return uniPc(name, {
    space: { alpha, lambda: (sigma) => lambda(Math.min(sigma, almostOne)) },
    orderOf: () => order,
    variant: 'bh2',
    end: 0,
  })
}

type UniPcOptions = {
  readonly space: LogSnr
  readonly orderOf: (steps: number) => number
  readonly variant: UniPcVariant
  /** What a last sigma of 0 is replaced with. */
  readonly end: number
}

/** A prediction m_k and the level it was made at. */
type Prediction = { readonly denoised: FloatTensor; readonly sigma: number }

/** A predictor step that waits for the model's evaluation at its end. */
type Pending = { readonly x: FloatTensor; readonly from: number; readonly order: number }

function uniPc(name: string, { space, orderOf, variant, end }: UniPcOptions): Sample {
  return defineSampler(name, ({ steps }) => {
    const maxOrder = orderOf(steps)
    let predictions: readonly Prediction[] = []
    let pending: Pending | undefined

    const stepTo = (to: number, order: number): UniPcStep => {
      const from = space.lambda(predictions[0]?.sigma ?? Number.NaN)
      const width = space.lambda(to) - from
      const earlier = predictions.slice(1, order)
      return { variant, width, ratios: earlier.map(({ sigma }) => (space.lambda(sigma) - from) / width) }
    }
    const combine = (
      move: { x: FloatTensor; from: number; to: number },
      weights: UniPcWeights,
      fresh?: FloatTensor,
    ) => {
      const gain = -space.alpha(move.to)
      const factors = [weights.current, ...weights.earlier]
      const terms = factors.flatMap((weight, k): Term[] => {
        const prediction = predictions[k]
        return prediction === undefined ? [] : [[gain * weight, prediction.denoised]]
      })
      if (fresh !== undefined) terms.push([gain * weights.corrected, fresh])
      return weightedSum([move.to / move.from, move.x], ...terms)
    }

    return async ({ x, step, sigma, next, evaluate }) => {
      const denoised = await evaluate(x, sigma)
      const corrected =
        pending === undefined
          ? x
          : combine({ ...pending, to: sigma }, correctorWeights(stepTo(sigma, pending.order)), denoised)
      predictions = [{ denoised, sigma }, ...predictions].slice(0, maxOrder)
      const order = Math.min(maxOrder, steps - step, step + 1)
      const to = next === 0 ? end : next
      pending = { x: corrected, from: sigma, order }
      return { x: combine({ ...pending, to }, predictorWeights(stepTo(to, order))), denoised }
    }
  })
}
