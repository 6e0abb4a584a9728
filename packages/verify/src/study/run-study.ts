/** Runs every variant on every prompt and seed, in turn with the uncached run, and keeps what each came to. */
import { type FloatTensor, psnr, ssim } from '@dicache/tensor'
import { BASELINE, type Variant } from './variants.ts'

/** Makes one picture. The sampler is really run: no result of an earlier run is given. */
export type MakePicture = (
  variant: Variant,
  at: { readonly prompt: string; readonly seed: number },
) => Promise<{ readonly image: FloatTensor; readonly wallMs: number; readonly stepRatio: number }>

/** One picture of one variant, beside the uncached picture of its prompt and seed. */
export type StudyRow = {
  readonly variant: string
  readonly prompt: string
  readonly seed: number
  /** Milliseconds of sampling, and of the uncached run nearest in time. */
  readonly wallMs: number
  readonly uncachedMs: number
  readonly stepRatio: number
  /** dB; infinite for equal pictures, which JSON writes as null. */
  readonly psnr: number
  readonly ssim: number
}

export type StudyPlan = {
  readonly variants: readonly Variant[]
  readonly prompts: readonly string[]
  readonly seeds: readonly number[]
  readonly onProgress?: (done: number, total: number) => void
  readonly signal?: AbortSignal
}

/** After so many variants the uncached run is made again, so that drifts of the machine reach both sides. */
const REFRESH = 6

/** Runs the study. The order of the variants turns with every picture, so that none is always first. */
export async function runStudy(plan: StudyPlan, make: MakePicture): Promise<readonly StudyRow[]> {
  const rows: StudyRow[] = []
  const total = plan.prompts.length * plan.seeds.length * plan.variants.length
  let turn = 0
  for (const prompt of plan.prompts) {
    for (const seed of plan.seeds) {
      const order = [
        ...plan.variants.slice(turn % plan.variants.length),
        ...plan.variants.slice(0, turn % plan.variants.length),
      ]
      turn += 7
      let uncached = await make(BASELINE, { prompt, seed })
      for (const [index, variant] of order.entries()) {
        plan.signal?.throwIfAborted()
        if (index > 0 && index % REFRESH === 0) uncached = await make(BASELINE, { prompt, seed })
        const made = await make(variant, { prompt, seed })
        rows.push({
          variant: variant.name,
          prompt,
          seed,
          wallMs: made.wallMs,
          uncachedMs: uncached.wallMs,
          stepRatio: (BASELINE.steps / variant.steps) * made.stepRatio,
          psnr: psnr(made.image, uncached.image),
          ssim: ssim(made.image, uncached.image),
        })
        plan.onProgress?.(rows.length, total)
      }
    }
  }
  return rows
}
