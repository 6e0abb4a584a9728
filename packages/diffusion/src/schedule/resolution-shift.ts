/** FLUX's shift by resolution: larger images need more steps at high noise. */

/** The line of μ over image tokens: base at 256 tokens, max at 4096. FLUX.1-dev's values are the defaults. */
export type ResolutionShift = { readonly baseShift?: number; readonly maxShift?: number }

/**
 * μ for a number of image tokens (latent pixels / 4).
 * @defaultValue baseShift 0.5 at 256 tokens, maxShift 1.15 at 4096 tokens
 */
export function muOfTokens(
  imageTokens: number,
  { baseShift = 0.5, maxShift = 1.15 }: ResolutionShift = {},
): number {
  const slope = (maxShift - baseShift) / (4096 - 256)
  return baseShift + slope * (imageTokens - 256)
}

/** μ for an image size in pixels: a token is 16 × 16 pixels. The size need not be a multiple of 16. */
export function muOfSize(widthPx: number, heightPx: number, shift: ResolutionShift = {}): number {
  return muOfTokens((widthPx * heightPx) / 256, shift)
}
