/** Adaptive layer norm: every block's shift, scale and gate are linear in one vector. */
import {
  add,
  concat,
  gemm,
  type GraphBuilder,
  layerNorm,
  reshape,
  sigmoidGate,
  split,
  type Value,
} from '@dicache/onnx'
import type { FluxConfig } from './config.ts'
import type { Layers } from './layers.ts'

/** What one norm-attend-add unit takes: x + gate · f(scale · norm(x) + shift); all [B, 1, C], `scale` with its 1 added. */
export type Modulation = { readonly shift: Value; readonly scale: Value; readonly gate: Value }

export type Modulations = (module: string) => readonly Modulation[]

/**
 * Computes the modulations of all given modules from vec [B, C] with one matrix product and one split:
 * [B, C] · [Σ 3·units·C, C]ᵀ. Side paths (LoRA) make a module's product separate.
 */
export function createModulations(
  layers: Layers,
  config: FluxConfig,
  options: {
    readonly vec: Value
    readonly modules: readonly { readonly module: string; readonly units: 1 | 2 }[]
    readonly fused: boolean
  },
): Modulations {
  const { graph: g } = layers
  const act = sigmoidGate(g, options.vec)
  const groups = options.fused ? [options.modules] : options.modules.map((module) => [module])
  const known = new Map<string, Modulation[]>()
  for (const group of groups) {
    if (group.length === 0) continue
    const parts = group.flatMap(({ units }) => Array.from({ length: 3 * units }, () => config.hidden))
    const chunks = split(g, broadcastRows(g, product(layers, config, { act, group })), parts, 2)
    let next = 0
    for (const { module, units } of group) {
      const units3: Modulation[] = []
      for (let unit = 0; unit < units; unit += 1) {
        const [shift, scale, gate] = chunks.slice(next, next + 3)
        if (shift === undefined || scale === undefined || gate === undefined)
          throw new RangeError(`modulation of ${module}`)
        units3.push({ shift, scale, gate })
        next += 3
      }
      known.set(module, units3)
    }
  }
  return (module) => known.get(module) ?? []
}

type Group = readonly { readonly module: string; readonly units: 1 | 2 }[]

function product(
  layers: Layers,
  config: FluxConfig,
  spec: { readonly act: Value; readonly group: Group },
): Value {
  const { graph: g, reader } = layers
  const c = config.hidden
  const single = spec.group.length === 1
  const biases = spec.group.map(({ module, units }) => {
    const bias = reader.tensor(`${module}.lin.bias`, [3 * units * c])
    return add(g, bias, onesOnScale(g, { units, c, type: bias.type }))
  })
  if (single) {
    const [only] = spec.group
    const [bias] = biases
    if (only === undefined || bias === undefined) throw new RangeError('modulation: empty group')
    const y = layers.linear(spec.act, `${only.module}.lin`, { out: 3 * only.units * c, in: c, bias: false })
    return add(g, y, bias)
  }
  const weights = spec.group.map(({ module, units }) =>
    reader.tensor(`${module}.lin.weight`, [3 * units * c, c]),
  )
  return gemm(g, spec.act, concat(g, weights, 0), concat(g, biases, 0))
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

function broadcastRows(g: GraphBuilder, x: Value): Value {
  return reshape(g, x, [x.shape.at(0) ?? 'B', 1, x.shape.at(1) ?? 0])
}

/** scale · norm(x) + shift with FLUX's parameterless layer norm (ε 1e-6), as one node. */
export function modulatedNorm(g: GraphBuilder, x: Value, modulation: Omit<Modulation, 'gate'>): Value {
  return layerNorm(g, x, { scale: modulation.scale, bias: modulation.shift }, 1e-6)
}
