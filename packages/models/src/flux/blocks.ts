/** FLUX's two kinds of block, as few fused nodes as both the CPU and CUDA kernels allow. */
import {
  add,
  attention,
  concat,
  gelu,
  type GraphBuilder,
  mul,
  reshape,
  rmsNorm,
  rotary,
  splitNamed,
  type Value,
} from '@dicache/onnx'
import type { FluxConfig } from './config.ts'
import type { Layers } from './layers.ts'
import { modulatedNorm, type Modulation, type Modulations } from './modulation.ts'

/** What every block reads: tables [T+L, d/2], the modulations, sizes. */
export type BlockContext = {
  readonly layers: Layers
  readonly config: FluxConfig
  readonly rope: { readonly cos: Value; readonly sin: Value }
  readonly modulations: Modulations
}

type Heads = { readonly q: Value; readonly k: Value; readonly v: Value }

/** img [B, L, C], txt [B, T, C] → both after double block `index`. Attention runs over text then image. */
export function doubleBlock(
  ctx: BlockContext,
  index: number,
  streams: { readonly img: Value; readonly txt: Value },
): { img: Value; txt: Value } {
  const g = ctx.layers.graph
  const base = `double_blocks.${index}.`
  const [img1, img2] = pair(ctx.modulations(`${base}img_mod`))
  const [txt1, txt2] = pair(ctx.modulations(`${base}txt_mod`))
  const i = streamHeads(ctx, `${base}img_attn`, modulatedNorm(g, streams.img, img1))
  const t = streamHeads(ctx, `${base}txt_attn`, modulatedNorm(g, streams.txt, txt1))
  const joined = attend(ctx, {
    q: concat(g, [t.q, i.q], 1),
    k: concat(g, [t.k, i.k], 1),
    v: concat(g, [t.v, i.v], 1),
  })
  const [txtOut, imgOut] = pair(
    splitNamed(g, joined, [streams.txt.shape.at(1) ?? 'T', streams.img.shape.at(1) ?? 'L'], 1),
  )
  return {
    img: mlp(ctx, `${base}img_`, { x: streams.img, attended: imgOut, first: img1, second: img2 }),
    txt: mlp(ctx, `${base}txt_`, { x: streams.txt, attended: txtOut, first: txt1, second: txt2 }),
  }
}

/** x [B, T+L, C] after single block `index`: attention and MLP side by side. */
export function singleBlock(ctx: BlockContext, index: number, x: Value): Value {
  const { layers, config } = ctx
  const g = layers.graph
  const c = config.hidden
  const base = `single_blocks.${index}`
  const [modulation] = ctx.modulations(`${base}.modulation`)
  if (modulation === undefined) throw new RangeError(`${base}: no modulation`)
  const n = modulatedNorm(g, x, modulation)
  const attended = attend(
    ctx,
    normedHeads(ctx, `${base}.norm`, { parts: qkv(ctx, `${base}.linear1`, n), like: x }),
  )
  const hidden = gelu(
    g,
    layers.linear(n, `${base}.linear1`, {
      out: config.mlp,
      in: c,
      rows: { start: 3 * c, count: config.mlp },
      bias: true,
    }),
    'tanh',
  )
  // linear2 reads [attention, mlp] side by side.
  const both = concat(g, [reshape(g, attended, [hidden.shape.at(0) ?? '', c]), hidden], 1)
  const y = layers.linear(both, `${base}.linear2`, { out: c, in: c + config.mlp })
  return gated(g, { x, gate: modulation.gate, y })
}

/** The head: image tokens x [B, L, C] and its modulation → velocity [B, L, channels]. */
export function finalLayer(
  layers: Layers,
  config: FluxConfig,
  input: { readonly x: Value; readonly modulation: Omit<Modulation, 'gate'> },
): Value {
  const { graph: g } = layers
  const n = modulatedNorm(g, input.x, input.modulation)
  const y = layers.linear(n, 'final_layer.linear', { out: config.inChannels, in: config.hidden })
  return reshape(g, y, [...input.x.shape.slice(0, 2), config.inChannels])
}

function pair<T>(values: readonly T[]): readonly [T, T] {
  const [first, second] = values
  if (first === undefined || second === undefined) throw new RangeError('a pair was expected')
  return [first, second]
}

/** q, k, v as flat [rows, C] from three row ranges of the fused module. */
function qkv(ctx: BlockContext, module: string, x: Value): Heads {
  const c = ctx.config.hidden
  const part = (start: number): Value =>
    ctx.layers.linear(x, module, {
      out: c,
      in: c,
      rows: { start, count: c },
      bias: ctx.config.qkvBias || module.endsWith('linear1'),
    })
  return { q: part(0), k: part(c), v: part(2 * c) }
}

function streamHeads(ctx: BlockContext, base: string, n: Value): Heads {
  return normedHeads(ctx, `${base}.norm`, { parts: qkv(ctx, `${base}.qkv`, n), like: n })
}

/** RMS norm of q and k a head; flat [rows, C] → [B, L, C]. */
function normedHeads(
  ctx: BlockContext,
  base: string,
  from: { readonly parts: Heads; readonly like: Value },
): Heads {
  const { layers, config } = ctx
  const g = layers.graph
  const [batch = 'B', length = 'L'] = from.like.shape
  const norm = (x: Value, kind: 'query' | 'key'): Value => {
    const scale = layers.reader.tensor(`${base}.${kind}_norm.scale`, [config.headDim])
    const heads = reshape(g, x, [batch, length, config.heads, config.headDim])
    return reshape(g, rmsNorm(g, heads, scale, 1e-6), [batch, length, config.hidden])
  }
  return {
    q: norm(from.parts.q, 'query'),
    k: norm(from.parts.k, 'key'),
    v: reshape(g, from.parts.v, [batch, length, config.hidden]),
  }
}

function attend(ctx: BlockContext, heads: Heads): Value {
  const g = ctx.layers.graph
  const turned = {
    q: rotary(g, heads.q, ctx.rope, ctx.config.heads),
    k: rotary(g, heads.k, ctx.rope, ctx.config.heads),
    v: heads.v,
  }
  return attention(g, turned, { heads: ctx.config.heads })
}

function mlp(
  ctx: BlockContext,
  base: string,
  input: {
    readonly x: Value
    readonly attended: Value
    readonly first: Modulation
    readonly second: Modulation
  },
): Value {
  const { layers, config } = ctx
  const g = layers.graph
  const c = config.hidden
  const x = gated(g, {
    x: input.x,
    gate: input.first.gate,
    y: layers.linear(input.attended, `${base}attn.proj`, { out: c, in: c }),
  })
  const n = modulatedNorm(g, x, input.second)
  const hidden = gelu(g, layers.linear(n, `${base}mlp.0`, { out: config.mlp, in: c }), 'tanh')
  return gated(g, {
    x,
    gate: input.second.gate,
    y: layers.linear(hidden, `${base}mlp.2`, { out: c, in: config.mlp }),
  })
}

/** x + gate · y for x [B, L, C], gate [B, 1, C], y flat. */
function gated(
  g: GraphBuilder,
  parts: { readonly x: Value; readonly gate: Value; readonly y: Value },
): Value {
  return add(g, parts.x, mul(g, reshape(g, parts.y, parts.x.shape), parts.gate))
}
