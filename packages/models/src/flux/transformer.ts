/** A FLUX.1 checkpoint as a Transformer. */
import type { GraphBuilder } from '@dicache/onnx'
import { concat, type FloatTensor, floatTensor, type GraphSource, type NamedTensors } from '@dicache/tensor'
import type { WeightFile } from '@dicache/weights'
import type { LoraPath } from '../lora/lora-path.ts'
import type { Conditions, ProbeSignal, Transformer, TransformerParts } from '../transformer.ts'
import type { FluxConfig } from './config.ts'
import { fluxArithmetic } from './flops.ts'
import { buildFluxEmbed } from './embed.ts'
import { fluxEmbedding } from './embedding-layout.ts'
import { buildFluxDeep, buildFluxHead, buildFluxProbe, buildFluxReuse } from './graphs.ts'
import type { FluxSource } from './part.ts'
import { packLatent, unpackLatent } from './pack.ts'
import { packReferences, referenceIds } from './references.ts'
import { fluxIds, ropeTables } from './rope.ts'

export type FluxTransformerOptions = {
  /** Identifies the file's content: path, size, modification time. */
  readonly fileKey: string
  readonly compute: 'float32' | 'float16'
  readonly weights: 'resident' | 'streamed'
  readonly lora?: { readonly key: string; readonly path: LoraPath }
}

const PATCH = 2
/** ComfyUI's and BFL's default μ for FLUX.1 dev; schnell samples without shift. */
const DEV_SHIFT = 1.15

/** Wraps a recognised file. Graphs are built when a part is opened; nothing is read before. */
export function fluxTransformer(
  file: WeightFile,
  config: FluxConfig,
  options: FluxTransformerOptions,
): Transformer {
  function source(depth: number): FluxSource {
    const lora = options.lora === undefined ? {} : { lora: options.lora.path }
    return { file, config, depth, compute: options.compute, weights: options.weights, ...lora }
  }

  function part(
    name: string,
    depth: number,
    build: (from: FluxSource) => GraphBuilder,
    signal: ProbeSignal = 'hidden',
  ): GraphSource {
    let built: GraphBuilder | undefined
    const graph = (): GraphBuilder => (built ??= build({ ...source(depth), signal }))
    return {
      key: `flux ${name}${signal === 'hidden' ? '' : ` ${signal}`} m=${depth} ${options.compute} ${options.weights} ${options.fileKey} ${options.lora?.key ?? ''}`,
      dataFolder: file.folder,
      get weightBytes() {
        return graph().summary().weightBytes
      },
      bytes: () => graph().build(),
    }
  }

  function checkDepth(depth: number): void {
    const blocks = config.doubleBlocks + config.singleBlocks
    if (!Number.isInteger(depth) || depth < 0 || depth > blocks) {
      throw new RangeError(`probe depth ${depth} is outside 0..${blocks}: this model has ${blocks} blocks`)
    }
  }

  function probe(depth: number, signal: ProbeSignal): GraphSource {
    checkDepth(depth)
    return part('probe', depth, buildFluxProbe, signal)
  }

  function parts(depth: number): TransformerParts<GraphSource> {
    return {
      embed: part('embed', 0, buildFluxEmbed),
      probe: probe(depth, 'hidden'),
      deep: part('deep', depth, buildFluxDeep),
      reuse: part('reuse', depth, buildFluxReuse),
    }
  }

  function constants(conditions: Conditions): NamedTensors {
    const [batch = 0, , height = 0, width = 0] = conditions.latentShape
    const { references } = conditions
    const own = fluxIds(conditions.context.shape[1] ?? 0, { rows: height / PATCH, columns: width / PATCH })
    const ids = references === undefined ? own : concat([own, referenceIds(references, { height, width })])
    const { cos, sin } = ropeTables(ids, config.axes, config.theta)
    const guidance = floatTensor([batch], new Float32Array(batch).fill(conditions.guidance))
    return {
      context: conditions.context,
      pooled: conditions.pooled,
      rope_cos: cos,
      rope_sin: sin,
      ...(config.guidance ? { guidance } : {}),
      ...(references === undefined ? {} : { reference_tokens: packReferences(references.latents) }),
    }
  }

  return {
    family: 'flux',
    blocks: config.doubleBlocks + config.singleBlocks,
    doubleBlocks: config.doubleBlocks,
    hidden: config.hidden,
    latentChannels: config.inChannels / (PATCH * PATCH),
    patch: PATCH,
    sampling: samplingOf(config),
    guidanceEmbedded: config.guidance,
    parts,
    probe,
    head: part('head', 0, buildFluxHead),
    constants,
    embedding: fluxEmbedding(config),
    pack: (latent: FloatTensor) => packLatent(latent),
    unpack: unpackLatent,
    arithmetic: (depth, sizes) => fluxArithmetic(config, depth, sizes),
  }
}

function samplingOf(config: FluxConfig): Transformer['sampling'] {
  if (config.shift !== undefined) return { kind: 'flow', shift: config.shift, multiplier: 1000 }
  return config.guidance ? { kind: 'flux', shift: DEV_SHIFT } : { kind: 'flow', shift: 1, multiplier: 1 }
}
