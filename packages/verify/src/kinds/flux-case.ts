/** What the FLUX cases share: the tiny transformer of a fixture, opened from one of its weight files, and its inputs. */
import path from 'node:path'
import type { DiCachePolicy, SplitForward, SplitNeeds } from '@dicache/diffusion'
import { detectFlux, type FluxConfig, fluxTransformer, ropeTables, type Transformer } from '@dicache/models'
import { openSplit } from '@dicache/nodes-diffusion'
import { concat, type FloatTensor, floatTensor, type NamedTensors, type OpenGraph } from '@dicache/tensor'
import { openWeights, type WeightFile } from '@dicache/weights'
import { type CaseReader, asFloat } from '../check.ts'
import { isRecord, numbersOf, text } from '../json.ts'

export type FluxCase = {
  readonly file: WeightFile
  readonly config: FluxConfig
  readonly transformer: Transformer
}

/** Opens a weight file of the case as a FLUX transformer over tokens: its fixtures hold tokens, not latents, and nothing is packed. */
export async function openFluxCase(
  c: CaseReader,
  fileName: string,
  lora?: Parameters<typeof fluxTransformer>[2]['lora'],
): Promise<FluxCase> {
  const model = await openFluxModel(c, fileName, lora)
  return { ...model, transformer: { ...model.transformer, pack: (x) => x, unpack: (x) => x } }
}

/** Opens a weight file of the case as a FLUX transformer; sizes come from the file, the rotary axes from case.json where it has them. */
export async function openFluxModel(
  c: CaseReader,
  fileName: string,
  lora?: Parameters<typeof fluxTransformer>[2]['lora'],
): Promise<FluxCase> {
  const file = await openWeights(path.join(c.folder, fileName))
  const detected = detectFlux(file)
  if (detected === undefined) throw new TypeError(`${fileName} is not recognised as a FLUX transformer`)
  const declared =
    isRecord(c.json) && isRecord(c.json['config']) ? numbersOf(c.json['config']['axes_dim']) : []
  const [a, b, d] = declared
  const config =
    a === undefined || b === undefined || d === undefined
      ? detected
      : { ...detected, axes: [a, b, d] as const }
  const transformer = fluxTransformer(file, config, {
    fileKey: `${c.folder} ${fileName}`,
    compute: 'float32',
    weights: 'resident',
    ...(lora === undefined ? {} : { lora }),
  })
  return { file, config, transformer }
}

/** The run's constants from the tensors `prefix`txt, vec, img_ids, guidance. */
export async function fluxConstants(
  c: CaseReader,
  config: FluxConfig,
  prefix: string,
): Promise<NamedTensors> {
  const float = async (name: string): Promise<FloatTensor> => asFloat(name, await c.tensor(prefix + name))
  const context = await float('txt')
  const ids = await float('img_ids')
  const textIds = floatTensor([context.shape[1] ?? 0, 3])
  const { cos, sin } = ropeTables(concat([textIds, ids]), config.axes, config.theta)
  const guidance = config.guidance ? { guidance: await float('guidance') } : {}
  return { context, pooled: await float('vec'), rope_cos: cos, rope_sin: sin, ...guidance }
}

export type SplitCase = { readonly split: SplitForward; readonly shape: readonly number[] }

/** The split forward over a case's tokens [B, L, C]. */
export async function openFluxSplit(
  openGraph: OpenGraph,
  model: FluxCase,
  run: {
    readonly depth: number
    readonly constants: NamedTensors
    readonly shape: readonly number[]
    readonly needs?: SplitNeeds
  },
): Promise<SplitForward> {
  return openSplit(openGraph, {
    transformer: model.transformer,
    depth: run.depth,
    constants: run.constants,
    latentShape: run.shape,
    ...(run.needs === undefined ? {} : { needs: run.needs }),
  })
}

/** A policy as a trace's `config` words it. */
export function policyOfTrace(config: Readonly<Record<string, unknown>>, threshold: number): DiCachePolicy {
  const [low = 1, high = 1.5] = numbersOf(config['gamma_clip'])
  const streams = Number(config['streams'] ?? 1)
  const warmup = config['warmup_steps'] ?? config['warmup_calls']
  const calls = streams > 1 ? config['warmup_calls'] : undefined
  return {
    kind: 'dicache',
    threshold,
    indicator: text(config['indicator']) === 'delta_minus' ? 'delta_minus' : 'delta_y',
    warmupSteps: typeof warmup === 'number' ? warmup : 0,
    ...(typeof calls === 'number' ? { warmupCalls: calls } : {}),
    windows: [],
    cfg: 'independent',
    forceLast: config['force_last'] === true,
    reuseWhen: text(config['reuse_when']).includes('<=') ? 'less-or-equal' : 'less',
    gammaClip: [low, high],
    alignment: 'dcta',
    semantics: config['semantics'] === 'official' ? 'official' : 'reference',
    batch: 'mean',
    maxConsecutive: Number.POSITIVE_INFINITY,
  }
}
