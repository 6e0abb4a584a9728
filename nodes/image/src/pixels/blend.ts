/** How two colours become one, by ComfyUI's names. */

/** Modes of blending, in the order of the menu. */
export const BLEND_MODES = ['normal', 'multiply', 'screen', 'overlay', 'soft_light', 'difference'] as const
export type BlendMode = (typeof BLEND_MODES)[number]

/** `below` is the first picture, `above` the second; both 0..1. */
export const blends: Readonly<Record<BlendMode, (below: number, above: number) => number>> = {
  normal: (_, above) => above,
  multiply: (below, above) => below * above,
  screen: (below, above) => 1 - (1 - below) * (1 - above),
  overlay: (below, above) => (below <= 0.5 ? 2 * below * above : 1 - 2 * (1 - below) * (1 - above)),
  soft_light: (below, above) =>
    above <= 0.5
      ? below - (1 - 2 * above) * below * (1 - below)
      : below + (2 * above - 1) * (lifted(below) - below),
  // Signed: what is brighter above comes out black.
  difference: (below, above) => below - above,
}

/** W3C, "Compositing and Blending", 9.1: D(x) of soft light. */
function lifted(x: number): number {
  return x <= 0.25 ? ((16 * x - 12) * x + 4) * x : Math.sqrt(x)
}
