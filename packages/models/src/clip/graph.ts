/** The CLIP text encoder as one graph: token ids in, hidden states and pooled vectors out. */
import {
  add,
  attention,
  createGraph,
  firstRows,
  gelu,
  type GraphBuilder,
  type GraphOptions,
  layerNorm,
  linear,
  rowOfEach,
  sigmoidGate,
  type Value,
} from '@dicache/onnx'
import type { GraphSource, NamedTensors, TensorOf } from '@dicache/tensor'
import type { WeightFile } from '@dicache/weights'
import { embedTokens } from '../embed-tokens.ts'
import { lazyGraph } from '../lazy-graph.ts'
import type { LoraPath } from '../lora/lora-path.ts'
import { sidedLinear } from '../lora/sided-linear.ts'
import { createWeightReader, type WeightReader } from '../weight-reader.ts'
import type { ClipConfig } from './config.ts'

/**
 * `last`: after the final norm [B, L, hidden]. `pooled`: `last` at the first end token [B, hidden]; `projected`: that through the
 * projection. `hiddenN`: the input of layer N. `penultimate`: the input of the last layer; `penultimate_normed`: that through the final norm.
 */
export type ClipOutput =
  | 'last'
  | 'pooled'
  | 'projected'
  | 'penultimate'
  | 'penultimate_normed'
  | `hidden${number}`

/** An encoder to build: its file, its sizes, and how it is to be computed. */
export type ClipSource = {
  readonly file: WeightFile
  readonly config: ClipConfig
  readonly outputs: readonly ClipOutput[]
  readonly compute: 'float32' | 'float16'
  readonly weights: NonNullable<GraphOptions['weights']>
  /** Side paths, and what tells them apart. */
  readonly lora?: { readonly key: string; readonly path: LoraPath }
}

/**
 * Inputs: `ids` int32 [B, L], L at most the positions of the file; for `pooled` and `projected` also `end_index` int64 [B]
 * ({@link clipInputs} makes them). Outputs: those asked for.
 */
export function buildClip(source: ClipSource): GraphBuilder {
  const { config, file, compute } = source
  const outputs = new Set<ClipOutput>(source.outputs)
  const g = createGraph('clip', { weights: source.weights })
  const reader = createWeightReader(g, file, { compute })
  const states = runLayers(reader, source, depthOf(config, outputs))
  const penultimate = states.at(config.layers - 1)
  const norm = (x: Value): Value => layerNormOf(reader, config, { x, name: 'final_layer_norm' })

  for (const name of outputs) {
    const state = name.startsWith('hidden') ? states.at(Number(name.slice('hidden'.length))) : undefined
    if (state !== undefined) g.output(name, state)
  }
  if (outputs.has('penultimate') && penultimate !== undefined) g.output('penultimate', penultimate)
  if (outputs.has('penultimate_normed') && penultimate !== undefined)
    g.output('penultimate_normed', norm(penultimate))
  const final = states.at(config.layers)
  if (final !== undefined) addFinal(reader, config, { last: norm(final), outputs })
  reader.finish()
  return g
}

/** The graph of {@link buildClip}, to be opened; `fileKey` identifies the file's content. */
export function clipGraph(source: ClipSource, fileKey: string): GraphSource {
  const { config, outputs, compute, weights } = source
  const key = `clip ${outputs.join('+')} ${config.heads} heads ${config.activation} ${compute} ${weights} ${fileKey} ${source.lora?.key ?? ''}`
  return lazyGraph(source.file, key, () => buildClip(source))
}

/** The inputs of {@link buildClip} for rows of ids, int32 [B, L]. @throws RangeError when a row has no end token or is too long. */
export function clipInputs(config: ClipConfig, ids: TensorOf<'int32'>): NamedTensors {
  const [rows = 0, length = 0] = ids.shape
  if (length > config.positions)
    throw new RangeError(`clip: ${length} tokens; the encoder has ${config.positions} positions`)
  const ends = Array.from({ length: rows }, (_, row) => {
    const at = ids.data.subarray(row * length, (row + 1) * length).indexOf(config.endId)
    if (at < 0) throw new RangeError(`clip: row ${row} has no end token (${config.endId})`)
    return BigInt(at)
  })
  return { ids, end_index: { dtype: 'int64', shape: [rows], data: BigInt64Array.from(ends) } }
}

const FINAL_OUTPUTS: readonly ClipOutput[] = ['last', 'pooled', 'projected']

/** Layers that must run for the outputs asked for. */
function depthOf(config: ClipConfig, outputs: ReadonlySet<ClipOutput>): number {
  const depths = Array.from(outputs, (name) => {
    if (FINAL_OUTPUTS.includes(name)) return config.layers
    return name.startsWith('hidden') ? Number(name.slice('hidden'.length)) : config.layers - 1
  })
  return Math.max(...depths)
}

/** The inputs of layers 0 .. depth, each [B, L, hidden]. */
function runLayers(
  reader: WeightReader,
  { file, config, lora }: ClipSource,
  depth: number,
): readonly Value[] {
  const g = reader.graph
  const { hidden, prefix } = config
  const ids = g.input('ids', 'int32', ['B', 'L'])
  const stored = { key: `${prefix}embeddings.token_embedding.weight` }
  const tokens = embedTokens(reader, ids, { file, stored, rows: config.vocabulary, channels: hidden })
  const positions = reader.tensor(`${prefix}embeddings.position_embedding.weight`, [config.positions, hidden])
  const states = [add(g, tokens, firstRows(g, positions, 'L'))]
  for (let index = 0; index < depth; index += 1) {
    const x = states.at(-1)
    if (x !== undefined) states.push(layer(reader, config, { index, x, lora: lora?.path }))
  }
  return states
}

function layer(
  reader: WeightReader,
  config: ClipConfig,
  { index, x, lora }: { readonly index: number; readonly x: Value; readonly lora: LoraPath | undefined },
): Value {
  const g = reader.graph
  const { hidden, heads, feedForward } = config
  const at = `encoder.layers.${index}`
  const dense = (input: Value, name: string, shape: readonly [number, number]): Value => {
    const key = `${config.prefix}${at}.${name}`
    const [out] = shape
    const [weight, bias] = [reader.tensor(`${key}.weight`, shape), reader.tensor(`${key}.bias`, [out])]
    return sidedLinear(g, input, { module: `text_model.${at}.${name}`, out, weight, bias }, lora)
  }
  const normed = layerNormOf(reader, config, { x, name: `${at}.layer_norm1` })
  const q = dense(normed, 'self_attn.q_proj', [hidden, hidden])
  const k = dense(normed, 'self_attn.k_proj', [hidden, hidden])
  const v = dense(normed, 'self_attn.v_proj', [hidden, hidden])
  const attended = add(
    g,
    x,
    dense(attention(g, { q, k, v }, { heads, causal: true }), 'self_attn.out_proj', [hidden, hidden]),
  )
  const inner = dense(layerNormOf(reader, config, { x: attended, name: `${at}.layer_norm2` }), 'mlp.fc1', [
    feedForward,
    hidden,
  ])
  const active = config.activation === 'quick_gelu' ? sigmoidGate(g, inner, 1.702) : gelu(g, inner, 'none')
  return add(g, attended, dense(active, 'mlp.fc2', [hidden, feedForward]))
}

function layerNormOf(
  reader: WeightReader,
  config: ClipConfig,
  { x, name }: { readonly x: Value; readonly name: string },
): Value {
  const weight = (leaf: string): Value => reader.tensor(`${config.prefix}${name}.${leaf}`, [config.hidden])
  return layerNorm(reader.graph, x, { scale: weight('weight'), bias: weight('bias') }, config.epsilon)
}

type Final = { readonly last: Value; readonly outputs: ReadonlySet<ClipOutput> }

function addFinal(reader: WeightReader, config: ClipConfig, { last, outputs }: Final): void {
  const g = reader.graph
  if (outputs.has('last')) g.output('last', last)
  if (!outputs.has('pooled') && !outputs.has('projected')) return
  const pooled = rowOfEach(g, last, g.input('end_index', 'int64', ['B']))
  if (outputs.has('pooled')) g.output('pooled', pooled)
  if (!outputs.has('projected')) return
  const key = config.projectionKey ?? 'text_projection.weight'
  const [width = config.hidden] = reader.shapeOf(key) ?? []
  g.output('projected', linear(g, pooled, reader.tensor(key, [width, config.hidden])))
}
