/** The guider's mix around the cached model: what the sampler calls. */
import {
  type CachedForward,
  type Denoise,
  stackRows,
  type StepInfo,
  velocityToDenoised,
} from '@dicache/diffusion'
import { batchView, type FloatTensor, scale, type Term, weightedSum } from '@dicache/tensor'
import type { GuiderBranch } from './guider.ts'

/** x₀ from the mixed velocity of all branches. Those that have no weight at a noise level are evaluated all the same: their cache follows. */
export function guided(
  forward: (...evaluation: Parameters<CachedForward>) => Promise<FloatTensor>,
  branches: readonly GuiderBranch[],
): Denoise {
  return async function denoiseGuided(x: FloatTensor, sigma: number, info: StepInfo): Promise<FloatTensor> {
    const samples = x.shape[0] ?? 1
    const count = branches.length
    const stacked = count === 1 ? x : stackRows(Array.from({ length: count }, () => x))
    const out = await forward(stacked, sigma, info)
    const terms = branches.map(
      ({ weightAt }, n): Term => [weightAt(sigma), batchView(out, n * samples, (n + 1) * samples)],
    )
    const [one = [1, out] as const, ...more] = terms
    const velocity = more.length === 0 && one[0] === 1 ? out : weightedSum(one, ...more)
    const total = terms.reduce((sum, [weight]) => sum + weight, 0)
    // A side that is silent for now predicts nothing at all, as in ComfyUI.
    const seen = Math.abs(total - 1) < 1e-6 ? x : scale(x, total)
    return velocityToDenoised(seen, velocity, sigma)
  }
}
