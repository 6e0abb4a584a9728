/** The T5 encoder as one graph: token ids in, hidden states out. */
import {
  add,
  attention,
  cast,
  createGraph,
  gather,
  gelu,
  type GraphBuilder,
  type GraphOptions,
  mul,
  rmsNorm,
  transpose,
  unsqueeze,
  type Value,
  where,
} from '@dicache/onnx'
import type { GraphSource, NamedTensors, TensorOf } from '@dicache/tensor'
import type { WeightFile } from '@dicache/weights'
import { embedTokens } from '../embed-tokens.ts'
import { lazyGraph } from '../lazy-graph.ts'
import type { LoraPath } from '../lora/lora-path.ts'
import { sidedLinear } from '../lora/sided-linear.ts'
import { createWeightReader, type WeightReader } from '../weight-reader.ts'
import type { T5Config } from './config.ts'
import { t5Locate } from './layout.ts'
import { relativeBuckets } from './relative-position.ts'

/** `last`: after the final norm. `blockN`: the residual stream after block N, without it. */
export type T5Output = 'last' | `block${number}`

/** An encoder to build: its file, its sizes, and how it is to be computed. */
export type T5Source = {
  readonly file: WeightFile
  readonly config: T5Config
  /** FLUX lets padding take part (false); WAN masks it (true). */
  readonly mask: boolean
  readonly outputs: readonly T5Output[]
  /** T5's residual stream outgrows float16 in the published sizes. */
  readonly compute: 'float32' | 'float16'
  readonly weights: NonNullable<GraphOptions['weights']>
  /** Side paths, and what tells them apart. */
  readonly lora?: { readonly key: string; readonly path: LoraPath }
  /** Blocks to run; `last` is the final norm on what the last one of them gives. @defaultValue all */
  readonly blocks?: number
}

/**
 * Inputs: `ids` int32 [B, L]; `buckets` int32 [L, L] ({@link t5Inputs} makes them); with `mask`, `mask` bool [B, L], true for real tokens.
 * Outputs: those asked for, [B, L, hidden].
 */
export function buildT5(source: T5Source): GraphBuilder {
  const { config, file, compute, outputs, lora, blocks = config.blocks } = source
  const g = createGraph('t5', { weights: source.weights })
  const reader = createWeightReader(g, file, { compute, locate: t5Locate(config) })
  const ids = g.input('ids', 'int32', ['B', 'L'])
  const buckets = g.input('buckets', 'int32', ['L', 'L'])
  const mask = source.mask ? unsqueeze(g, g.input('mask', 'bool', ['B', 'L']), [1, 2]) : undefined // [B, 1, 1, L]
  let x = embedTokens(reader, ids, {
    file,
    stored: { key: config.prefix + config.tableKey },
    rows: config.vocabulary,
    channels: config.hidden,
  })
  const last = outputs.includes('last')
  const wanted = outputs.flatMap((name) => (name === 'last' ? [] : [Number(name.slice('block'.length))]))
  const depth = last ? blocks : Math.max(...wanted) + 1
  let bias: Value | undefined
  for (let index = 0; index < depth; index += 1) {
    if (bias === undefined || !config.sharedBias)
      bias = positionBias(reader, config, { index, buckets, mask })
    x = block(reader, config, { index, x, bias, lora: lora?.path })
    if (wanted.includes(index)) g.output(`block${index}`, x)
  }
  if (last)
    g.output(
      'last',
      rmsNorm(g, x, reader.tensor('encoder.final_layer_norm.weight', [config.hidden]), config.epsilon),
    )
  reader.finish()
  return g
}

/** The graph of {@link buildT5}, to be opened; `fileKey` identifies the file's content. */
export function t5Graph(source: T5Source, fileKey: string): GraphSource {
  const { config, mask, outputs, compute, weights, lora, blocks = config.blocks } = source
  const key = `t5 ${outputs.join('+')} ${mask ? 'masked' : 'unmasked'} reach ${config.maxDistance} ${blocks} blocks ${compute} ${weights} ${fileKey} ${lora?.key ?? ''}`
  return lazyGraph(source.file, key, () => buildT5(source))
}

/** The inputs of {@link buildT5} for rows of ids, int32 [B, L]; `mask` holds 1 for real tokens. */
export function t5Inputs(config: T5Config, ids: TensorOf<'int32'>, mask?: TensorOf<'int32'>): NamedTensors {
  const [, length = 0] = ids.shape
  const given = { ids, buckets: relativeBuckets(length, config) }
  return mask === undefined
    ? given
    : { ...given, mask: { dtype: 'bool', shape: mask.shape, data: Uint8Array.from(mask.data) } }
}

type BiasInput = { readonly index: number; readonly buckets: Value; readonly mask: Value | undefined }

/** What is added to the scores of a block: [1 or B, heads, L, L]. */
function positionBias(reader: WeightReader, config: T5Config, { index, buckets, mask }: BiasInput): Value {
  const g = reader.graph
  const name = `encoder.block.${index}.layer.0.SelfAttention.relative_attention_bias.weight`
  const table = transpose(g, reader.tensor(name, [config.buckets, config.heads]), [1, 0])
  const bias = unsqueeze(g, gather(g, table, buckets, 1), [0]) // [1, heads, L, L]
  if (mask === undefined) return bias
  const never = cast(
    g,
    g.constant('float32', [1], [reader.compute === 'float16' ? -65504 : -3.4028234663852886e38]),
    reader.compute,
  )
  return where(g, mask, bias, never)
}

function block(
  reader: WeightReader,
  config: T5Config,
  input: {
    readonly index: number
    readonly x: Value
    readonly bias: Value
    readonly lora: LoraPath | undefined
  },
): Value {
  const g = reader.graph
  const { hidden, heads, headDim, feedForward, epsilon } = config
  const at = `encoder.block.${input.index}.layer`
  const norm = (x: Value, name: string): Value =>
    rmsNorm(g, x, reader.tensor(`${at}.${name}.layer_norm.weight`, [hidden]), epsilon)
  const project = (x: Value, name: string, shape: readonly [number, number]): Value =>
    scaledLinear(reader, x, { name: `${at}.${name}`, shape, lora: input.lora })
  const inner = heads * headDim

  const normed = norm(input.x, '0')
  const [q, k, v] = ['q', 'k', 'v'].map((name) => project(normed, `0.SelfAttention.${name}`, [inner, hidden]))
  if (q === undefined || k === undefined || v === undefined) return input.x
  const attended = attention(g, { q, k, v }, { heads, scale: 1, bias: input.bias })
  const x = add(g, input.x, project(attended, '0.SelfAttention.o', [hidden, inner]))

  const rested = norm(x, '1')
  const gate = gelu(g, project(rested, '1.DenseReluDense.wi_0', [feedForward, hidden]), 'tanh')
  const gated = mul(g, gate, project(rested, '1.DenseReluDense.wi_1', [feedForward, hidden]))
  return add(g, x, project(gated, '1.DenseReluDense.wo', [hidden, feedForward]))
}

/** A linear layer without bias. Eight-bit files may hold a factor beside the weight, `scale_weight`. */
function scaledLinear(
  reader: WeightReader,
  x: Value,
  layer: {
    readonly name: string
    readonly shape: readonly [number, number]
    readonly lora: LoraPath | undefined
  },
): Value {
  const { name, shape, lora } = layer
  const factor = `${name}.scale_weight`
  const scaled = (y: Value): Value =>
    reader.has(factor) ? mul(reader.graph, y, reader.tensor(factor, reader.shapeOf(factor) ?? [])) : y
  const weight = reader.tensor(`${name}.weight`, shape)
  return sidedLinear(reader.graph, x, { module: name, out: shape[0], weight, scaled }, lora)
}
