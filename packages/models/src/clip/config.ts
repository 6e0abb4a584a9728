/** Sizes of a CLIP text encoder, read off a file's keys and shapes. */
import type { WeightFile } from '@dicache/weights'
import { countNumbered, declaredConfig, findPrefix } from '../declared-config.ts'

/** Sizes of a CLIP text encoder in Hugging Face's naming. */
export type ClipConfig = {
  /** What stands before `embeddings.…` and `encoder.…` in the file; usually ends with `text_model.`. */
  readonly prefix: string
  /** Key of the projection [projected, hidden], or undefined when the file has none. */
  readonly projectionKey: string | undefined
  readonly vocabulary: number
  /** Channels of a hidden state. */
  readonly hidden: number
  readonly heads: number
  readonly feedForward: number
  readonly layers: number
  /** Longest row of ids. */
  readonly positions: number
  readonly activation: 'quick_gelu' | 'gelu'
  readonly epsilon: number
  readonly startId: number
  readonly endId: number
  readonly padId: number
}

const MARK = 'embeddings.token_embedding.weight'

/**
 * The sizes of a CLIP text encoder, or undefined when the file is something else.
 * @param declared values that shapes cannot tell (`num_attention_heads`, `hidden_act`, `eos_token_id` …); wins over the file's own
 * metadata. Without either, the published sizes decide: 64 channels a head, quick GELU below 1024 channels, end token last in the
 * vocabulary, start token before it, padding with the end token (with 0 from 1024 channels on).
 */
export function detectClip(
  file: WeightFile,
  declared: Readonly<Record<string, unknown>> = {},
): ClipConfig | undefined {
  const prefix = findPrefix(file, MARK)
  if (prefix === undefined) return undefined
  const shape = (key: string): readonly number[] => file.tensors.get(prefix + key)?.shape ?? []
  const [vocabulary = 0, hidden = 0] = shape(MARK)
  const [positions = 0] = shape('embeddings.position_embedding.weight')
  const [feedForward = 0] = shape('encoder.layers.0.mlp.fc1.weight')
  const layers = countNumbered(file, `${prefix}encoder.layers.`, '.self_attn.q_proj.weight')
  // SigLIP's text tower has the same names and a head of its own; it is not causal.
  if (vocabulary * hidden * positions * feedForward * layers === 0 || shape('head.weight').length > 0)
    return undefined
  const said = declaredConfig(file, declared)
  const large = hidden >= 1024
  const activation = said.text('hidden_act') ?? (large ? 'gelu' : 'quick_gelu')
  // OpenAI's config.json says 2, which was never true of its vocabulary.
  const saidEnd = said.number('eos_token_id')
  const endId = saidEnd === undefined || saidEnd === 2 ? vocabulary - 1 : saidEnd
  const projectionKey = `${prefix.replace(/text_model\.$/, '')}text_projection.weight`
  return {
    prefix,
    projectionKey: file.tensors.has(projectionKey) ? projectionKey : undefined,
    vocabulary,
    hidden,
    heads: said.number('num_attention_heads') ?? hidden / 64,
    feedForward,
    layers,
    positions,
    activation: activation.startsWith('quick_gelu') ? 'quick_gelu' : 'gelu',
    epsilon: said.number('layer_norm_eps') ?? 1e-5,
    startId: said.number('bos_token_id') ?? vocabulary - 2,
    endId,
    padId: said.number('pad_token_id') ?? (large ? 0 : endId),
  }
}

/** One line for a person: `CLIP text encoder, 12 layers of 768, 12 heads, 49408 pieces, 77 positions, quick_gelu`. */
export function describeClip(config: ClipConfig): string {
  const { layers, hidden, heads, vocabulary, positions, activation } = config
  return `CLIP text encoder, ${layers} layers of ${hidden}, ${heads} heads, ${vocabulary} pieces, ${positions} positions, ${activation}`
}
