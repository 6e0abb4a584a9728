/** Arithmetic of FLUX's parts, from sizes alone: the floor that measured times are held against. */
import type { MatrixProduct, PartArithmetic, TransformerParts } from '../transformer.ts'
import type { FluxConfig } from './config.ts'

export type FluxSizes = {
  /** Samples in the stack. */
  readonly samples: number
  /** Image and text tokens of a sample. */
  readonly tokens: number
  readonly textTokens: number
}

/** Matrix products and attention of each part a call, of the embedding an evaluation; elementwise work and the prompt's embedding, once a run, are left out. */
export function fluxArithmetic(
  config: FluxConfig,
  depth: number,
  sizes: FluxSizes,
): TransformerParts<PartArithmetic> {
  const blocks = config.doubleBlocks + config.singleBlocks
  const { hidden: c } = config
  const image = sizes.samples * sizes.tokens
  const head = [product(image, c, config.inChannels)]
  const embed = [
    product(sizes.samples, 256, c, config.guidance ? 2 : 1),
    product(sizes.samples, config.vectorIn, c),
    product(sizes.samples, c, c, config.guidance ? 3 : 2),
    product(sizes.samples, c, 6 * c, 2 * config.doubleBlocks),
    product(sizes.samples, c, 3 * c, config.singleBlocks),
    product(sizes.samples, c, 2 * c),
  ]
  const probe = range(config, sizes, { from: 0, to: depth })
  const deep = range(config, sizes, { from: depth, to: blocks })
  return {
    embed: { products: embed, attentionFlops: 0 },
    probe: {
      products: [product(image, config.inChannels, c), ...probe.products],
      attentionFlops: probe.attentionFlops,
    },
    deep: { products: [...deep.products, ...head], attentionFlops: deep.attentionFlops },
    reuse: { products: head, attentionFlops: 0 },
  }
}

function range(
  config: FluxConfig,
  sizes: FluxSizes,
  blocks: { readonly from: number; readonly to: number },
): PartArithmetic {
  const { hidden: c, mlp } = config
  const rows = { image: sizes.samples * sizes.tokens, text: sizes.samples * sizes.textTokens }
  const all = rows.image + rows.text
  const doubles = Math.max(0, Math.min(blocks.to, config.doubleBlocks) - blocks.from)
  const singles = blocks.to - blocks.from - doubles
  const perStream = (m: number): readonly MatrixProduct[] => [
    product(m, c, c, 4 * doubles),
    product(m, c, mlp, doubles),
    product(m, mlp, c, doubles),
  ]
  return {
    products: [
      ...perStream(rows.image),
      ...perStream(rows.text),
      product(all, c, c, 3 * singles),
      product(all, c, mlp, singles),
      product(all, c + mlp, c, singles),
    ].filter(({ count, n }) => count * n > 0),
    attentionFlops: (doubles + singles) * 4 * sizes.samples * (sizes.tokens + sizes.textTokens) ** 2 * c,
  }
}

function product(m: number, k: number, n: number, count = 1): MatrixProduct {
  return { m, k, n, count }
}
