/** Arithmetic of FLUX's parts, from sizes alone: the floor that measured times are held against. */
import type { PartFlops } from '../transformer.ts'
import type { FluxConfig } from './config.ts'

/** Floating-point operations of one sample (a multiply-add is two): matrix products and attention; elementwise work is left out. */
export function fluxFlops(
  config: FluxConfig,
  depth: number,
  sizes: { readonly tokens: number; readonly textTokens: number },
): PartFlops {
  const { hidden: c, mlp } = config
  const all = sizes.tokens + sizes.textTokens
  const attention = 4 * all * all * c
  const modulation = 2 * c * c
  const perDouble = 2 * all * (4 * c * c + 2 * c * mlp) + attention + 12 * modulation
  const perSingle = 2 * all * ((3 * c + mlp) * c + (c + mlp) * c) + attention + 3 * modulation
  const range = (from: number, to: number): number =>
    Array.from({ length: to - from }, (_, n) =>
      from + n < config.doubleBlocks ? perDouble : perSingle,
    ).reduce((a, b) => a + b, 0)
  const head = 2 * modulation + 2 * sizes.tokens * c * config.inChannels
  const embed =
    2 * sizes.tokens * config.inChannels * c +
    2 * sizes.textTokens * config.contextIn * c +
    2 * c * (256 + config.vectorIn + 2 * c)
  return {
    probe: embed + range(0, depth),
    deep: range(depth, config.doubleBlocks + config.singleBlocks) + head,
    reuse: head,
  }
}
