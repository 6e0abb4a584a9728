/** The FLUX transformer cut where the probe ends: three graphs with disjoint block weights, behind what `buildFluxEmbed` gives. */
import { add, concat, type GraphBuilder, splitNamed, sub, type Value } from '@dicache/onnx'
import { align, change } from '../step-cache/cache-arithmetic.ts'
import { type BlockContext, doubleBlock, finalLayer, singleBlock } from './blocks.ts'
import { blockRange } from './config.ts'
import { tokens } from './embed.ts'
import { headModulationInputs, modulatedNorm, modulationInputs } from './modulation.ts'
import { type FluxSource, type Part, startPart } from './part.ts'

const STREAM = ['B', 'L'] as const

/** Adds the inputs that blocks read beside their tokens: rope tables, and modulations as they are asked for. */
function blockContext(part: Part, source: FluxSource): BlockContext {
  const { config, compute } = source
  const table = (name: string): Value => part.g.input(name, compute, ['T+L', config.headDim / 2])
  return {
    layers: part.layers,
    config,
    rope: { cos: table('rope_cos'), sin: table('rope_sin') },
    modulations: modulationInputs(part.layers, config),
  }
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
 * Inputs: `x` [B, L, channels], `txt` [B, T, C] and its blocks' modulations [B, 1, 3·units·C] of the embedding, `rope_cos`/`rope_sin` [T+L, d/2], and the last
 * step's `h0_prev`, `hm_prev` [B, L, C].
 * Outputs: `h0`, `hm` [B, L, C], `ctx` [B, T, C]; `dx`, `mx`, `dy`, `my` [B]: Σ|h0 − h0′|, Σ|h0′|, the same for hm.
 */
export function buildFluxProbe(source: FluxSource): GraphBuilder {
  const { config, compute } = source
  const part = startPart(source, 'probe')
  const { g, layers } = part
  const x = g.input('x', compute, [...STREAM, config.inChannels])
  const txt = g.input('txt', compute, ['B', 'T', config.hidden])
  const h0 = tokens(layers, config, { x, module: 'img_in', in: config.inChannels })
  const ctx = blockContext(part, source)
  const after = runBlocks(ctx, { img: h0, txt }, { from: 0, to: source.depth })
  g.output('h0', h0)
  g.output('hm', after.img)
  g.output('ctx', after.txt)
  compareSignal(part, source, { h0, hm: after.img, ctx })
  part.reader.finish()
  return g
}

function compareSignal(
  part: Part,
  source: FluxSource,
  now: { readonly h0: Value; readonly hm: Value; readonly ctx: BlockContext },
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
      const [first] = now.ctx.modulations('double_blocks.0.img_mod')
      if (first === undefined) throw new RangeError('this model has no double block')
      const signal = modulatedNorm(g, now.h0, first)
      g.output('signal', signal)
      compare('y', signal, 'signal_prev')
    }
  }
}

/**
 * Inputs: `h0`, `hm`, `ctx` of the probe, the modulations of its blocks and of the head, the rope tables. Outputs: `residual` R = hL − h0, `probe_residual` P = hm − h0
 * [B, L, C], `out` the velocity [B, L, channels].
 */
export function buildFluxDeep(source: FluxSource): GraphBuilder {
  const { config, compute } = source
  const part = startPart(source, 'deep')
  const { g } = part
  const h0 = g.input('h0', compute, [...STREAM, config.hidden])
  const hm = g.input('hm', compute, [...STREAM, config.hidden])
  const txt = g.input('ctx', compute, ['B', 'T', config.hidden])
  const to = config.doubleBlocks + config.singleBlocks
  const last = runBlocks(blockContext(part, source), { img: hm, txt }, { from: source.depth, to })
  g.output('residual', sub(g, last.img, h0))
  g.output('probe_residual', sub(g, hm, h0))
  g.output(
    'out',
    finalLayer(part.layers, config, { x: last.img, modulation: headModulationInputs(part.layers, config) }),
  )
  part.reader.finish()
  return g
}

/**
 * Inputs: `h0`, `hm` of the probe; the head's modulation `final_layer.shift`, `final_layer.scale` [B, 1, C]; anchors `r1`, `r2`, `p1`, `p2` [B, L, C]; `groups` [B, B], `clip` [2], `anchors` [1],
 * `guard` [1] (see `align`). Outputs: `out` the velocity [B, L, channels], `gamma` raw γ [B], `aligned` bool [B].
 */
export function buildFluxReuse(source: FluxSource): GraphBuilder {
  const { config, compute } = source
  const part = startPart(source, 'reuse')
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
  const result = align(g, {
    ...tokensIn,
    groups: g.input('groups', 'float32', ['B', 'B']),
    clip: g.input('clip', 'float32', [2]),
    anchors: g.input('anchors', 'float32', [1]),
    guard: g.input('guard', 'bool', [1]),
  })
  g.output(
    'out',
    finalLayer(part.layers, config, { x: result.x, modulation: headModulationInputs(part.layers, config) }),
  )
  g.output('gamma', result.gamma)
  g.output('aligned', result.aligned)
  part.reader.finish()
  return g
}

/** Inputs: `base`, `residual` [B, L, C] and the head's modulation. Output: `out`, the head's velocity on their sum, [B, L, channels]. */
export function buildFluxHead(source: FluxSource): GraphBuilder {
  const { config, compute } = source
  const part = startPart(source, 'head')
  const { g } = part
  const hidden = (name: string): Value => g.input(name, compute, [...STREAM, config.hidden])
  const x = add(g, hidden('base'), hidden('residual'))
  g.output(
    'out',
    finalLayer(part.layers, config, { x, modulation: headModulationInputs(part.layers, config) }),
  )
  part.reader.finish()
  return g
}
