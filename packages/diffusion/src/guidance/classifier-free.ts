/** Classifier-free guidance. Ho, Salimans, "Classifier-Free Diffusion Guidance" (arXiv:2207.12598), eq. 6. */
import { type FloatTensor, weightedSum } from '@dicache/tensor'

/** Whether the negative prompt must be evaluated: not at cfg 1, where it has no weight. */
export function needsUncond(cfg: number): boolean {
  return Math.abs(cfg - 1) > 1e-9
}

/**
 * uncond + cfg·(cond - uncond), of x₀ predictions or of velocities alike.
 * @param cond - with the prompt
 * @param uncond - with the negative prompt, of the same shape
 * @param cfg - 1 gives `cond`; above 1 moves away from `uncond`
 */
export function combineGuidance(cond: FloatTensor, uncond: FloatTensor, cfg: number): FloatTensor {
  return needsUncond(cfg) ? weightedSum([cfg, cond], [1 - cfg, uncond]) : cond
}
