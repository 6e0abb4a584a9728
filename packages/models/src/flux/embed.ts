/** What enters FLUX's blocks: token embeddings, and what time, guidance and pooled text make of every block. */
import {
  add,
  cast,
  concat,
  type GraphBuilder,
  mul,
  reshape,
  sigmoidGate,
  unary,
  unsqueeze,
  type Value,
} from '@dicache/onnx'
import { type FluxConfig, modulationModules } from './config.ts'
import type { Layers } from './layers.ts'
import { headModulationRows, modulationRows } from './modulation.ts'
import { type FluxSource, startPart } from './part.ts'

const FREQUENCIES = 128

/**
 * cos and sin of 1000·t·10000^(−i/128), cosines first: t [B] in 0..1 (or the guidance scale) → [B, 256]. float32, as the references compute it:
 * its rounding at arguments near 1000 dominates the model's error.
 */
export function sinusoid(g: GraphBuilder, t: Value): Value {
  const table = Float32Array.from({ length: FREQUENCIES }, (_, i) =>
    Math.exp((-Math.log(10_000) * i) / FREQUENCIES),
  )
  const scaled = mul(g, t, g.constant('float32', [1], [1000]))
  const angles = mul(g, unsqueeze(g, scaled, [1]), g.constant('float32', [1, FREQUENCIES], table))
  return concat(g, [unary(g, 'Cos', angles), unary(g, 'Sin', angles)], 1)
}

/** out_layer(silu(in_layer(x))) for x [B, in] → [B, C]. */
function embedder(
  layers: Layers,
  config: FluxConfig,
  spec: { readonly module: string; readonly x: Value; readonly in: number },
): Value {
  const first = layers.linear(spec.x, `${spec.module}.in_layer`, { out: config.hidden, in: spec.in })
  return layers.linear(sigmoidGate(layers.graph, first), `${spec.module}.out_layer`, {
    out: config.hidden,
    in: config.hidden,
  })
}

/** vec [B, C] = time + pooled text (+ guidance). */
function modulationVector(
  layers: Layers,
  config: FluxConfig,
  input: { readonly timestep: Value; readonly pooled: Value; readonly guidance: Value | undefined },
): Value {
  const g = layers.graph
  const time = embedder(layers, config, {
    module: 'time_in',
    x: cast(g, sinusoid(g, input.timestep), layers.reader.compute),
    in: 2 * FREQUENCIES,
  })
  const text = embedder(layers, config, { module: 'vector_in', x: input.pooled, in: config.vectorIn })
  if (input.guidance === undefined) return add(g, time, text)
  const guidance = embedder(layers, config, {
    module: 'guidance_in',
    x: cast(g, sinusoid(g, input.guidance), layers.reader.compute),
    in: 2 * FREQUENCIES,
  })
  return add(g, add(g, time, guidance), text)
}

/** A linear embedding that keeps the token axis: x [B, n, in] → [B, n, C]. */
export function tokens(
  layers: Layers,
  config: FluxConfig,
  spec: { readonly x: Value; readonly module: string; readonly in: number },
): Value {
  const y = layers.linear(spec.x, spec.module, { out: config.hidden, in: spec.in })
  return reshape(layers.graph, y, [...spec.x.shape.slice(0, 2), config.hidden])
}

/**
 * What does not depend on the latent, for E evaluations at once (one row a sample and noise level). Inputs: `context` [B, T, contextIn],
 * `pooled` [E, vectorIn], `timestep` [E] (σ in 0..1), `guidance` [E] when the file has its embedding. Outputs: `txt` [B, T, C], `vec` [E, C],
 * and the rows of every modulation, named after its module. More than a quarter of the published model's weights are read here and nowhere
 * else: once a run, and not at every step.
 */
export function buildFluxEmbed(source: FluxSource): GraphBuilder {
  const { config, compute } = source
  const part = startPart(source, 'embed')
  const { g, layers } = part
  const context = g.input('context', compute, ['B', 'T', config.contextIn])
  const pooled = g.input('pooled', compute, ['E', config.vectorIn])
  const timestep = g.input('timestep', 'float32', ['E'])
  const guidance = config.guidance ? g.input('guidance', 'float32', ['E']) : undefined
  const vec = modulationVector(layers, config, { timestep, pooled, guidance })
  const act = sigmoidGate(g, vec)
  g.output('txt', tokens(layers, config, { x: context, module: 'txt_in', in: config.contextIn }))
  g.output('vec', vec)
  for (const module of modulationModules(config, { from: 0, to: config.doubleBlocks + config.singleBlocks }))
    g.output(module, modulationRows(layers, config, { act, module }))
  for (const [name, rows] of Object.entries(headModulationRows(layers, config, act))) g.output(name, rows)
  part.reader.finish()
  return g
}
