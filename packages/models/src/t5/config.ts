/** Sizes of a T5 v1.1 or UMT5 encoder, read off a file's keys and shapes. */
import type { WeightFile } from '@dicache/weights'
import { countNumbered, declaredConfig, findPrefix } from '../declared-config.ts'

/** Key naming: Hugging Face's (`encoder.block.0…`), or Wan's own for UMT5 (`blocks.0…`). */
export type T5Layout = 'huggingface' | 'wan'

/** Sizes of a T5 v1.1 (gated GELU) encoder. */
export type T5Config = {
  readonly layout: T5Layout
  /** What stands before every key in the file. */
  readonly prefix: string
  /** Key of the token table after the prefix; files hold it under one of two names, or both. */
  readonly tableKey: string
  readonly vocabulary: number
  /** Channels of a hidden state. */
  readonly hidden: number
  readonly heads: number
  /** Channels of a head; `heads · headDim` need not be `hidden`. */
  readonly headDim: number
  /** Channels inside the feed-forward layer. */
  readonly feedForward: number
  readonly blocks: number
  /** Rows of the table of relative-position biases. */
  readonly buckets: number
  /** Distances from here on share the last bucket. */
  readonly maxDistance: number
  /** T5: block 0's table serves all blocks. UMT5: each block has its own. */
  readonly sharedBias: boolean
  readonly epsilon: number
  readonly padId: number
  readonly endId: number
  /** Tokens that a prompt is padded to, where the file says so. */
  readonly length: number | undefined
}

const HUGGINGFACE_MARK = 'encoder.block.0.layer.0.SelfAttention.q.weight'
const WAN_MARK = 'blocks.0.pos_embedding.embedding.weight'

const TABLES = ['shared.weight', 'encoder.embed_tokens.weight'] as const

/**
 * The sizes of a T5 v1.1 or UMT5 encoder, or undefined when the file is something else.
 * @param declared values that shapes cannot tell (`relative_attention_max_distance`, `layer_norm_epsilon`, `length` …); wins over the
 * file's own metadata.
 */
export function detectT5(
  file: WeightFile,
  declared: Readonly<Record<string, unknown>> = {},
): T5Config | undefined {
  const huggingface = findPrefix(file, HUGGINGFACE_MARK)
  if (huggingface !== undefined)
    return readConfig(file, { layout: 'huggingface', prefix: huggingface, declared })
  const wan = findPrefix(file, WAN_MARK)
  return wan === undefined ? undefined : readConfig(file, { layout: 'wan', prefix: wan, declared })
}

/** One line for a person: `T5 v1.1 encoder, 24 blocks of 4096, 64 heads of 64, 32128 pieces`. */
export function describeT5(config: T5Config): string {
  const { blocks, hidden, heads, headDim, vocabulary } = config
  const family = config.sharedBias ? 'T5 v1.1' : 'UMT5'
  return `${family} encoder, ${blocks} blocks of ${hidden}, ${heads} heads of ${headDim}, ${vocabulary} pieces`
}

type Place = {
  readonly layout: T5Layout
  readonly prefix: string
  readonly declared: Readonly<Record<string, unknown>>
}

const NAMES = {
  huggingface: {
    block: 'encoder.block.',
    query: '.layer.0.SelfAttention.q.weight',
    bias: '.layer.0.SelfAttention.relative_attention_bias.weight',
    gate: '.layer.1.DenseReluDense.wi_0.weight',
  },
  wan: {
    block: 'blocks.',
    query: '.attn.q.weight',
    bias: '.pos_embedding.embedding.weight',
    gate: '.ffn.gate.0.weight',
  },
} as const

function readConfig(file: WeightFile, { layout, prefix, declared }: Place): T5Config | undefined {
  const names = NAMES[layout]
  const shape = (key: string): readonly number[] => file.tensors.get(prefix + key)?.shape ?? []
  const tables = layout === 'wan' ? ['token_embedding.weight'] : TABLES
  const tableKey = tables.find((key) => file.tensors.has(prefix + key))
  const [inner = 0, hidden = 0] = shape(`${names.block}0${names.query}`)
  const [buckets = 0, heads = 0] = shape(`${names.block}0${names.bias}`)
  const [feedForward = 0] = shape(`${names.block}0${names.gate}`)
  // A T5 without a gate (v1.0, ReLU) has `wi` instead of `wi_0`: its numbers would be wrong here.
  if (tableKey === undefined || inner * hidden * buckets * heads * feedForward === 0 || inner % heads !== 0)
    return undefined
  const [vocabulary = 0] = shape(tableKey)
  const said = declaredConfig(file, declared)
  return {
    layout,
    prefix,
    tableKey,
    vocabulary,
    hidden,
    heads,
    headDim: inner / heads,
    feedForward,
    blocks: countNumbered(file, prefix + names.block, names.query),
    buckets,
    maxDistance: said.number('relative_attention_max_distance') ?? 128,
    sharedBias: !file.tensors.has(`${prefix}${names.block}1${names.bias}`),
    epsilon: said.number('layer_norm_epsilon') ?? 1e-6,
    padId: said.number('pad_token_id') ?? 0,
    endId: said.number('eos_token_id') ?? 1,
    length: said.number('length'),
  }
}
