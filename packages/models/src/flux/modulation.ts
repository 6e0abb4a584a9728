/** Adaptive layer norm: every block's shift, scale and gate are linear in one vector. */
import { add, concat, type GraphBuilder, layerNorm, reshape, split, type Value } from '@dicache/onnx'
import { type BlockPlace, blockRange, type FluxConfig } from './config.ts'
import type { Layers } from './layers.ts'

/** What one norm-attend-add unit takes: x + gate · f(scale · norm(x) + shift); all [B, 1, C], `scale` with its 1 added. */
export type Modulation = { readonly shift: Value; readonly scale: Value; readonly gate: Value }

export type Modulations = (module: string) => readonly Modulation[]

/** A linear layer that gives shift, scale and gate of `units` units. */
type Module = { readonly module: string; readonly units: 1 | 2 }

/** The blocks `from` … `to`. */
type BlockSpan = { readonly from: number; readonly to: number }

function modulesOf({ kind, index }: BlockPlace): readonly Module[] {
  if (kind === 'single') return [{ module: `single_blocks.${index}.modulation`, units: 1 }]
  return ['img', 'txt'].map((stream) => ({ module: `double_blocks.${index}.${stream}_mod`, units: 2 }))
}

/** Numbers that one sample's modulations of these blocks are. */
export function modulationWidth(config: FluxConfig, span: BlockSpan): number {
  const units = blockRange(config, span).flatMap(modulesOf)
  return units.reduce((sum, module) => sum + 3 * module.units * config.hidden, 0)
}

/** All blocks' modulations side by side, in the order of the blocks: act = silu(vec) [E, C] → [E, Σ 3·units·C]. */
export function modulationRows(layers: Layers, config: FluxConfig, act: Value): Value {
  const { graph: g, reader } = layers
  const c = config.hidden
  const all = { from: 0, to: config.doubleBlocks + config.singleBlocks }
  const rows = blockRange(config, all)
    .flatMap(modulesOf)
    .map(({ module, units }) => {
      const bias = reader.tensor(`${module}.lin.bias`, [3 * units * c])
      const shifted = add(g, bias, onesOnScale(g, { units, c, type: bias.type }))
      return add(g, layers.linear(act, `${module}.lin`, { out: 3 * units * c, in: c, bias: false }), shifted)
    })
  return concat(g, rows, 1)
}

/** Takes rows [B, width] of {@link modulationRows}, of the blocks of a span, apart with one split. */
export function cutModulations(
  g: GraphBuilder,
  config: FluxConfig,
  from: { readonly rows: Value; readonly span: BlockSpan },
): Modulations {
  const modules = blockRange(config, from.span).flatMap(modulesOf)
  const sizes = modules.flatMap(({ units }) => Array.from({ length: 3 * units }, () => config.hidden))
  const chunks = split(g, perToken(g, from.rows), sizes, 2)
  const known = new Map<string, Modulation[]>()
  let next = 0
  for (const { module, units } of modules) {
    const own: Modulation[] = []
    for (let unit = 0; unit < units; unit += 1) {
      const [shift, scale, gate] = chunks.slice(next, next + 3)
      if (shift === undefined || scale === undefined || gate === undefined)
        throw new RangeError(`modulation of ${module}`)
      own.push({ shift, scale, gate })
      next += 3
    }
    known.set(module, own)
  }
  return (module) => known.get(module) ?? []
}

/** The head's shift and scale, side by side: act [E, C] → [E, 2C], 1 added to the scale. */
export function headModulationRows(layers: Layers, config: FluxConfig, act: Value): Value {
  const { graph: g } = layers
  const c = config.hidden
  const part = (start: number): Value =>
    layers.linear(act, 'final_layer.adaLN_modulation.1', { out: c, in: c, rows: { start, count: c } })
  const one = g.constant(layers.reader.compute === 'float16' ? 'float16' : 'float32', [1], [1])
  return concat(g, [part(0), add(g, part(c), one)], 1)
}

/** Takes rows [B, 2C] of {@link headModulationRows} apart. */
export function cutHeadModulation(
  g: GraphBuilder,
  config: FluxConfig,
  rows: Value,
): Omit<Modulation, 'gate'> {
  const [shift, scale] = split(g, perToken(g, rows), [config.hidden, config.hidden], 2)
  if (shift === undefined || scale === undefined) throw new RangeError('modulation of the head')
  return { shift, scale }
}

/** 1 where a module's scale rows are, 0 elsewhere: (shift, scale, gate) a unit. */
function onesOnScale(
  g: GraphBuilder,
  spec: { readonly units: number; readonly c: number; readonly type: Value['type'] },
): Value {
  const mask = new Float32Array(3 * spec.units * spec.c)
  for (let unit = 0; unit < spec.units; unit += 1)
    mask.fill(1, (3 * unit + 1) * spec.c, (3 * unit + 2) * spec.c)
  const type = spec.type === 'float16' ? 'float16' : 'float32'
  return g.share(`ones on scale ${spec.units}`, () => g.constant(type, [mask.length], mask))
}

/** [B, n] → [B, 1, n]. */
function perToken(g: GraphBuilder, rows: Value): Value {
  return reshape(g, rows, [rows.shape.at(0) ?? 'B', 1, rows.shape.at(1) ?? 0])
}

/** scale · norm(x) + shift with FLUX's parameterless layer norm (ε 1e-6), as one node. */
export function modulatedNorm(g: GraphBuilder, x: Value, modulation: Omit<Modulation, 'gate'>): Value {
  return layerNorm(g, x, { scale: modulation.scale, bias: modulation.shift }, 1e-6)
}
