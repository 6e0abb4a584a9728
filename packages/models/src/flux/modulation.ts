/** Adaptive layer norm: every block's shift, scale and gate are linear in one vector. */
import { add, type GraphBuilder, layerNorm, split, type Value } from '@dicache/onnx'
import type { FluxConfig } from './config.ts'
import type { Layers } from './layers.ts'

/** What one norm-attend-add unit takes: x + gate · f(scale · norm(x) + shift); all [B, 1, C], `scale` with its 1 added. */
export type Modulation = { readonly shift: Value; readonly scale: Value; readonly gate: Value }

/** The modulations that a module's rows are: two where it serves attention and MLP, else one. */
export type Modulations = (module: string) => readonly Modulation[]

/** The rows of a module [E, 3·units·C], from act = silu(vec) [E, C], with the 1 of each scale in the bias. */
export function modulationRows(
  layers: Layers,
  config: FluxConfig,
  from: { readonly act: Value; readonly module: string },
): Value {
  const units = unitsOf(from.module)
  const out = 3 * units * config.hidden
  const bias = layers.reader.tensor(`${from.module}.lin.bias`, [out])
  const shifted = add(
    layers.graph,
    bias,
    onesOnScale(layers.graph, { units, c: config.hidden, type: bias.type }),
  )
  return layers.linear(from.act, `${from.module}.lin`, { out, in: config.hidden, bias: shifted })
}

/** Modules' rows as inputs [B, 1, 3·units·C] named after them, each added when a block first asks for it. */
export function modulationInputs(layers: Layers, config: FluxConfig): Modulations {
  const { graph: g, reader } = layers
  const known = new Map<string, readonly Modulation[]>()
  const read = (module: string): readonly Modulation[] => {
    const units = unitsOf(module)
    const rows = g.input(module, reader.compute, ['B', 1, 3 * units * config.hidden])
    const chunks = split(
      g,
      rows,
      Array.from({ length: 3 * units }, () => config.hidden),
      2,
    )
    return Array.from({ length: units }, (_, unit) => {
      const [shift, scale, gate] = chunks.slice(3 * unit, 3 * unit + 3)
      if (shift === undefined || scale === undefined || gate === undefined)
        throw new RangeError(`modulation of ${module}`)
      return { shift, scale, gate }
    })
  }
  return function modulations(module) {
    const found = known.get(module) ?? read(module)
    known.set(module, found)
    return found
  }
}

/** What the head's two rows are called. */
export const HEAD_MODULES = ['final_layer.shift', 'final_layer.scale'] as const

/** The head's shift and scale [E, C], 1 added to the scale. */
export function headModulationRows(
  layers: Layers,
  config: FluxConfig,
  act: Value,
): Readonly<Record<(typeof HEAD_MODULES)[number], Value>> {
  const { graph: g } = layers
  const c = config.hidden
  const part = (start: number): Value =>
    layers.linear(act, 'final_layer.adaLN_modulation.1', { out: c, in: c, rows: { start, count: c } })
  const one = g.constant(layers.reader.compute === 'float16' ? 'float16' : 'float32', [1], [1])
  return { 'final_layer.shift': part(0), 'final_layer.scale': add(g, part(c), one) }
}

/** The head's rows as inputs [B, 1, C]. */
export function headModulationInputs(layers: Layers, config: FluxConfig): Omit<Modulation, 'gate'> {
  const { graph: g, reader } = layers
  const rows = (name: string): Value => g.input(name, reader.compute, ['B', 1, config.hidden])
  return { shift: rows('final_layer.shift'), scale: rows('final_layer.scale') }
}

function unitsOf(module: string): 1 | 2 {
  return module.startsWith('double_') ? 2 : 1
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

/** scale · norm(x) + shift with FLUX's parameterless layer norm (ε 1e-6), as one node. */
export function modulatedNorm(g: GraphBuilder, x: Value, modulation: Omit<Modulation, 'gate'>): Value {
  return layerNorm(g, x, { scale: modulation.scale, bias: modulation.shift }, 1e-6)
}
