/** Conditioning of several branches for one stack of samples. */
import type { References, Transformer } from '@dicache/models'
import type { ConditioningEntry } from '@dicache/sdk'
import { concat, fitBatch, type FloatTensor, type NamedTensors } from '@dicache/tensor'
import { referencesOf } from './conditioning-extra.ts'

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
    ...(first !== undefined && referencesOfStack(entries, samples)),
  })
}

/** The references of a stack: the first one of every branch, the second one of every branch, …; each over all its samples. */
function referencesOfStack(
  entries: readonly ConditioningEntry[],
  samples: number,
): { readonly references?: References } {
  const [first, ...others] = entries.map(referencesOf)
  if (first === undefined) return {}
  const latents = first.latents.map((latent, n) =>
    concat([latent, ...others.flatMap((other) => other?.latents[n] ?? [])].map((a) => fitBatch(a, samples))),
  )
  return { references: { latents, method: first.method } }
}

/** Whether the branches can be one stack: equal text lengths (attention has no mask), guidance and sizes of references. */
export function canStack(entries: readonly ConditioningEntry[]): boolean {
  const marks = entries.map((entry) =>
    JSON.stringify([entry.context.shape[1], entry.guidance, referenceSizes(entry)]),
  )
  return new Set(marks).size <= 1
}

function referenceSizes(entry: ConditioningEntry): unknown {
  const references = referencesOf(entry)
  return references && [references.method, references.latents.map(({ shape }) => shape.slice(1))]
}

/** Tokens that the references of a prompt add to a sample. */
export function referenceTokens(transformer: Transformer, entry: ConditioningEntry | undefined): number {
  const { patch } = transformer
  const sizes = (entry && referencesOf(entry))?.latents ?? []
  return sizes.reduce(
    (sum, { shape }) => sum + Math.ceil((shape[2] ?? 0) / patch) * Math.ceil((shape[3] ?? 0) / patch),
    0,
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
