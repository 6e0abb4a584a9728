/** The part of a transformer that does not read the latent, ahead of the steps: as many noise levels in one call as memory allows. */
import type { Embedding, ProbeSignal, Transformer } from '@dicache/models'
import type { NamedTensors } from '@dicache/tensor'

/** 30 steps of FLUX.1 with two branches are 255 MB. */
const BYTES_AHEAD = 256 * 2 ** 20

export type EmbedSpec = {
  readonly layout: Transformer['embedding']
  readonly constants: NamedTensors
  /** Samples in the stack. */
  readonly samples: number
  readonly depth: number
  readonly signal: ProbeSignal
  /** Noise levels that are going to be asked for, in order. Others may be. */
  readonly expected: readonly number[]
}

/** Gives what the parts read at a noise level. */
export type EmbedLevel = (sigma: number) => Promise<Embedding>

type Lot = { readonly levels: readonly number[]; readonly outputs: NamedTensors }

/**
 * Levels that were expected are computed together when the first of them is asked for; one that was not, alone. The newest of either kind
 * is kept.
 */
export function embedLevels(
  run: (inputs: NamedTensors) => Promise<NamedTensors>,
  spec: EmbedSpec,
): EmbedLevel {
  const { layout, constants, depth, signal, expected } = spec
  const atOnce = Math.max(1, Math.floor(BYTES_AHEAD / (layout.sampleBytes * Math.max(spec.samples, 1))))
  const kept: Partial<Record<'ahead' | 'alone', Lot>> = {}

  async function lotOf(sigma: number): Promise<Lot> {
    const found = [kept.ahead, kept.alone].find((lot) => lot?.levels.includes(sigma))
    if (found !== undefined) return found
    const place = expected.indexOf(sigma)
    const levels = place === -1 ? [sigma] : [...new Set(expected.slice(place, place + atOnce))]
    const lot = { levels, outputs: await run(layout.inputs(constants, levels)) }
    kept[place === -1 ? 'alone' : 'ahead'] = lot
    return lot
  }

  return async function embedLevel(sigma) {
    const { levels, outputs } = await lotOf(sigma)
    return layout.cut(outputs, { depth, signal, index: levels.indexOf(sigma) })
  }
}
