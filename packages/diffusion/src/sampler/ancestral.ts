/** Ancestral steps: go further down than asked, then add noise back up to the wanted level. */

/** How far down a step goes, and how it comes back: x = keep·x_down + up·noise. */
export type AncestralStep = { readonly down: number; readonly keep: number; readonly up: number }

/**
 * For flow models, where an image is mixed with noise as σ·noise + (1 - σ)·image: `keep` restores the image's share
 * 1 - next, `up` the noise's variance next².
 * @param eta - 0 adds no noise, 1 all that the step allows
 */
export function flowAncestralStep(sigma: number, next: number, eta: number): AncestralStep {
  const down = next * (1 + (next / sigma - 1) * eta)
  const keep = (1 - next) / (1 - down)
  return { down, keep, up: Math.sqrt(Math.max(0, next ** 2 - (down * keep) ** 2)) }
}

/**
 * For variance-exploding diffusion, where noise is added to an unscaled image. Song et al., "Score-Based Generative
 * Modeling through Stochastic Differential Equations" (arXiv:2011.13456), appendix F (ancestral sampling).
 */
export function explodingAncestralStep(sigma: number, next: number, eta: number): AncestralStep {
  const up = Math.min(next, eta * Math.sqrt((next ** 2 * (sigma ** 2 - next ** 2)) / sigma ** 2))
  return { down: Math.sqrt(next ** 2 - up ** 2), keep: 1, up }
}
