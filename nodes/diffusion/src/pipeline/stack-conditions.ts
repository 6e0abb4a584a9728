/** Conditioning of several branches for one stack of samples. */
import type { Transformer } from '@dicache/models'
import type { ConditioningEntry } from '@dicache/sdk'
import { concat, type FloatTensor, type NamedTensors } from '@dicache/tensor'

/** FLUX.1 dev was distilled at this scale; it is used where no node sets one. */
const DEFAULT_GUIDANCE = 3.5

/** Constants of a run over branches·n samples: branch by branch, each entry repeated over the n samples. */
export function stackConditions(
  transformer: Transformer,
  entries: readonly ConditioningEntry[],
  latentShape: readonly number[],
): NamedTensors {
  const [samples = 1, ...inner] = latentShape
  const contexts = entries.map((entry) => repeat(entry.context, samples, 'context'))
  const pooled = entries.map((entry) => {
    if (entry.pooled === undefined)
      throw new TypeError(
        'this model needs a pooled text vector; encode the prompt with the CLIP of its own loader',
      )
    return repeat(entry.pooled, samples, 'pooled')
  })
  const [first] = entries
  return transformer.constants({
    context: concat(contexts),
    pooled: concat(pooled),
    guidance: first?.guidance ?? DEFAULT_GUIDANCE,
    latentShape: [samples * entries.length, ...inner],
  })
}

/** Whether the branches can be one stack: equal text lengths (attention has no mask) and equal guidance. */
export function canStack(entries: readonly ConditioningEntry[]): boolean {
  const [first] = entries
  return entries.every(
    ({ context, guidance }) => context.shape[1] === first?.context.shape[1] && guidance === first?.guidance,
  )
}

/** [1 or n, …] → [n, …]. */
function repeat(tensor: FloatTensor, samples: number, what: string): FloatTensor {
  const have = tensor.shape[0] ?? 0
  if (have === samples) return tensor
  if (have !== 1)
    throw new RangeError(`${what}: ${have} prompts for ${samples} latents; give one, or as many as latents`)
  return concat(Array.from({ length: samples }, () => tensor))
}
