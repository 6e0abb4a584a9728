/** The FLUX transformer cut where the probe ends: three graphs with disjoint block weights. */
import {
  add,
  concat,
  createGraph,
  type GraphBuilder,
  type GraphOptions,
  sigmoidGate,
  splitNamed,
  sub,
  type Value,
} from '@dicache/onnx'
import type { WeightFile } from '@dicache/weights'
import type { LoraPath } from '../lora/lora-path.ts'
import { align, change } from '../step-cache/cache-arithmetic.ts'
import type { ProbeSignal } from '../transformer.ts'
import { createWeightReader, type WeightReader } from '../weight-reader.ts'
import { type BlockContext, doubleBlock, finalLayer, singleBlock } from './blocks.ts'
import type { FluxConfig } from './config.ts'
import { modulationVector, tokens } from './embed.ts'
import { createLayers, type Layers } from './layers.ts'
import { fluxLocate } from './layout.ts'
import { createModulations, modulatedNorm } from './modulation.ts'

/** A transformer to cut: its file, its sizes, and how it is to be computed. */
export type FluxSource = {
  readonly file: WeightFile
  readonly config: FluxConfig
  /** Blocks in the probe: 0 .. doubleBlocks + singleBlocks. */
  readonly depth: number
  readonly compute: 'float32' | 'float16'
  readonly weights: NonNullable<GraphOptions['weights']>
  readonly lora?: LoraPath
  /** What the probe compares with an earlier evaluation. @defaultValue 'hidden' */
  readonly signal?: ProbeSignal
}

type Part = { readonly g: GraphBuilder; readonly reader: WeightReader; readonly layers: Layers }

const STREAM = ['B', 'L'] as const

function start(source: FluxSource, name: string): Part {
  const g = createGraph(`flux-${name}`, { weights: source.weights })
  const reader = createWeightReader(g, source.file, {
    compute: source.compute,
    locate: fluxLocate(source.config),
  })
  return { g, reader, layers: createLayers(reader, source.lora) }
}

function blockContext(
  part: Part,
  source: FluxSource,
  input: { readonly vec: Value; readonly from: number; readonly to: number },
): BlockContext {
  const { config } = source
  const modules = blockRange(config, input).flatMap((place) => modulationModules(place))
  const fused = source.weights === 'resident' && source.lora === undefined
  const half = config.headDim / 2
  const table = (name: string): Value => part.g.input(name, source.compute, ['T+L', half])
  return {
    layers: part.layers,
    config,
    rope: { cos: table('rope_cos'), sin: table('rope_sin') },
    modulations: createModulations(part.layers, config, { vec: input.vec, modules, fused }),
  }
}

type ModulationModule = { readonly module: string; readonly units: 1 | 2 }

function modulationModules({ kind, index }: BlockPlace): readonly ModulationModule[] {
  if (kind === 'single') return [{ module: `single_blocks.${index}.modulation`, units: 1 }]
  return ['img', 'txt'].map((stream) => ({ module: `double_blocks.${index}.${stream}_mod`, units: 2 }))
}

type BlockPlace = { readonly kind: 'double' | 'single'; readonly index: number }

function blockRange(
  config: FluxConfig,
  range: { readonly from: number; readonly to: number },
): readonly BlockPlace[] {
  return Array.from({ length: range.to - range.from }, (_, n) => {
    const place = range.from + n
    return place < config.doubleBlocks
      ? { kind: 'double', index: place }
      : { kind: 'single', index: place - config.doubleBlocks }
  })
}

/** Runs blocks from..to over both streams; between single blocks they are one joined stream. */
function runBlocks(
  ctx: BlockContext,
  streams: { readonly img: Value; readonly txt: Value },
  range: { readonly from: number; readonly to: number },
): { img: Value; txt: Value } {
  const g = ctx.layers.graph
  let { img, txt } = streams
  let joined: Value | undefined
  for (const { kind, index } of blockRange(ctx.config, range)) {
    if (kind === 'double') ({ img, txt } = doubleBlock(ctx, index, { img, txt }))
    else joined = singleBlock(ctx, index, joined ?? concat(g, [txt, img], 1))
  }
  if (joined === undefined) return { img, txt }
  const [txtOut, imgOut] = splitNamed(g, joined, ['T', 'L'], 1)
  return { img: imgOut ?? img, txt: txtOut ?? txt }
}

/**
 * Inputs: `x` [B, L, channels], `context` [B, T, contextIn], `pooled` [B, vectorIn], `timestep` [B] (σ in 0..1), `guidance` [B] when the
 * file has its embedding, `rope_cos`/`rope_sin` [T+L, d/2], and the last step's `h0_prev`, `hm_prev` [B, L, C].
 * Outputs: `h0`, `hm` [B, L, C], `ctx` [B, T, C], `vec` [B, C]; `dx`, `mx`, `dy`, `my` [B]: Σ|h0 − h0′|, Σ|h0′|, the same for hm.
 */
export function buildFluxProbe(source: FluxSource): GraphBuilder {
  const { config, compute } = source
  const part = start(source, 'probe')
  const { g, layers } = part
  const x = g.input('x', compute, [...STREAM, config.inChannels])
  const context = g.input('context', compute, ['B', 'T', config.contextIn])
  const pooled = g.input('pooled', compute, ['B', config.vectorIn])
  const timestep = g.input('timestep', 'float32', ['B'])
  const guidance = config.guidance ? g.input('guidance', 'float32', ['B']) : undefined
  const h0 = tokens(layers, config, { x, module: 'img_in', in: config.inChannels })
  const txt = tokens(layers, config, { x: context, module: 'txt_in', in: config.contextIn })
  const vec = modulationVector(layers, config, { timestep, pooled, guidance })
  const ctx = blockContext(part, source, { vec, from: 0, to: source.depth })
  const after = runBlocks(ctx, { img: h0, txt }, { from: 0, to: source.depth })
  g.output('h0', h0)
  g.output('hm', after.img)
  g.output('ctx', after.txt)
  g.output('vec', vec)
  compareSignal(part, source, { h0, hm: after.img, vec })
  part.reader.finish()
  return g
}

function compareSignal(
  part: Part,
  source: FluxSource,
  now: { readonly h0: Value; readonly hm: Value; readonly vec: Value },
): void {
  const { g } = part
  const compare = (name: 'x' | 'y', value: Value, before: string): void => {
    const { difference, magnitude } = change(
      g,
      value,
      g.input(before, source.compute, [...STREAM, source.config.hidden]),
    )
    g.output(`d${name}`, difference)
    g.output(`m${name}`, magnitude)
  }
  switch (source.signal ?? 'hidden') {
    case 'none':
      return
    case 'hidden':
      compare('x', now.h0, 'h0_prev')
      compare('y', now.hm, 'hm_prev')
      return
    case 'residual':
      compare('y', sub(g, now.hm, now.h0), 'signal_prev')
      return
    case 'modulated': {
      const signal = firstModulated(part, source.config, now)
      g.output('signal', signal)
      compare('y', signal, 'signal_prev')
    }
  }
}

/** What block 0 reads: its first shift and scale on the layer norm of h0. */
function firstModulated(
  part: Part,
  config: FluxConfig,
  now: { readonly h0: Value; readonly vec: Value },
): Value {
  const [first] = blockRange(config, { from: 0, to: 1 }).flatMap(modulationModules)
  if (first === undefined) throw new RangeError('this model has no blocks')
  const modulations = createModulations(part.layers, config, { vec: now.vec, modules: [first], fused: false })
  const [unit] = modulations(first.module)
  if (unit === undefined) throw new RangeError(`${first.module} gave no modulation`)
  return modulatedNorm(part.g, now.h0, unit)
}

/**
 * Inputs: `h0`, `hm`, `ctx`, `vec` of the probe, and the rope tables. Outputs: `residual` R = hL − h0, `probe_residual` P = hm − h0
 * [B, L, C], `out` the velocity [B, L, channels].
 */
export function buildFluxDeep(source: FluxSource): GraphBuilder {
  const { config, compute } = source
  const part = start(source, 'deep')
  const { g } = part
  const h0 = g.input('h0', compute, [...STREAM, config.hidden])
  const hm = g.input('hm', compute, [...STREAM, config.hidden])
  const txt = g.input('ctx', compute, ['B', 'T', config.hidden])
  const vec = g.input('vec', compute, ['B', config.hidden])
  const to = config.doubleBlocks + config.singleBlocks
  const ctx = blockContext(part, source, { vec, from: source.depth, to })
  const last = runBlocks(ctx, { img: hm, txt }, { from: source.depth, to })
  g.output('residual', sub(g, last.img, h0))
  g.output('probe_residual', sub(g, hm, h0))
  g.output('out', finalLayer(part.layers, config, { x: last.img, act: sigmoidGate(g, vec) }))
  part.reader.finish()
  return g
}

/**
 * Inputs: `h0`, `hm`, `vec` of the probe; anchors `r1`, `r2`, `p1`, `p2` [B, L, C]; `groups` [B, B], `clip` [2], `anchors` [1],
 * `guard` [1] (see `align`). Outputs: `out` the velocity [B, L, channels], `gamma` raw γ [B], `aligned` bool [B].
 */
export function buildFluxReuse(source: FluxSource): GraphBuilder {
  const { config, compute } = source
  const part = start(source, 'reuse')
  const { g } = part
  const hidden = (name: string): Value => g.input(name, compute, [...STREAM, config.hidden])
  const tokensIn = {
    h0: hidden('h0'),
    hm: hidden('hm'),
    r1: hidden('r1'),
    r2: hidden('r2'),
    p1: hidden('p1'),
    p2: hidden('p2'),
  }
  const vec = g.input('vec', compute, ['B', config.hidden])
  const result = align(g, {
    ...tokensIn,
    groups: g.input('groups', 'float32', ['B', 'B']),
    clip: g.input('clip', 'float32', [2]),
    anchors: g.input('anchors', 'float32', [1]),
    guard: g.input('guard', 'bool', [1]),
  })
  g.output('out', finalLayer(part.layers, config, { x: result.x, act: sigmoidGate(g, vec) }))
  g.output('gamma', result.gamma)
  g.output('aligned', result.aligned)
  part.reader.finish()
  return g
}

/** Inputs: `base`, `residual` [B, L, C] and `vec` of the probe. Output: `out`, the head's velocity on their sum, [B, L, channels]. */
export function buildFluxHead(source: FluxSource): GraphBuilder {
  const { config, compute } = source
  const part = start(source, 'head')
  const { g } = part
  const hidden = (name: string): Value => g.input(name, compute, [...STREAM, config.hidden])
  const x = add(g, hidden('base'), hidden('residual'))
  const vec = g.input('vec', compute, ['B', config.hidden])
  g.output('out', finalLayer(part.layers, config, { x, act: sigmoidGate(g, vec) }))
  part.reader.finish()
  return g
}
