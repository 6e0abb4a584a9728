/** Runs small API documents in this process through the real host, on the bundled model. */
import { createHost, type Host, openWorkflow, refusal, withDefaults } from '@dicache/host'
import type { RunEvent } from '@dicache/protocol'

/** A host with a home of its own; dispose it. */
export function testHome(home: string): Promise<Host> {
  return createHost({ home, device: 'cpu', threads: 1 })
}

export type GraphRun = {
  readonly status: string
  readonly error: string
  readonly events: readonly RunEvent[]
  /** First value of the first output of a target. */
  readonly value: (node: string) => unknown
  /** First value of the second output. */
  readonly second: (node: string) => unknown
}

/** Compiles and runs a document; `targets` are node ids whose values are wanted. */
export async function runGraph(
  host: Host,
  document: Parameters<typeof withDefaults>[1],
  options: {
    readonly targets: readonly string[]
    readonly signal?: AbortSignal
    readonly onEvent?: (event: RunEvent) => void
  },
): Promise<GraphRun> {
  const opened = await openWorkflow(host, JSON.stringify(withDefaults(host, document)))
  if (opened.graph === undefined) throw refusal(opened.problems)
  const events: RunEvent[] = []
  const result = await host.engine.run(opened.graph, {
    ...options,
    onEvent(event) {
      events.push(event)
      options.onEvent?.(event)
    },
  })
  if (result.status === 'refused') throw refusal(result.problems)
  return {
    status: result.status,
    error: result.status === 'failed' ? `${result.error.code} ${result.error.message}` : '',
    events,
    value: (node) => result.valuesOf(node)?.[0]?.[0],
    second: (node) => result.valuesOf(node)?.[1]?.[0],
  }
}

export type SamplerGraph = {
  readonly steps?: number
  readonly seed?: number
  readonly size?: number
  readonly batch?: number
  readonly cfg?: number
  /** @defaultValue ['a fox, 3d style', ''] */
  readonly prompts?: readonly [positive: string, negative: string]
  /** The node that makes the PROBE. */
  readonly probe?: { readonly type: string; readonly inputs: Readonly<Record<string, unknown>> }
  /** Nodes between the loader and the sampler, the last of them `patched`. */
  readonly patch?: ApiGraph
}

export type ApiGraph = Parameters<typeof withDefaults>[1]

/** Loader, prompts, latent and a DiCacheSampler named `sampler`, whose latent `decode` decodes. */
export function samplerGraph(options: SamplerGraph = {}): ApiGraph {
  const { probe, patch, size = 128, prompts: [positive, negative] = ['a fox, 3d style', ''] } = options
  return {
    load: { class_type: 'LoadModel', inputs: { model: 'emoji', t5: 'auto', clip: 'auto', vae: 'auto' } },
    ...patch,
    positive: { class_type: 'CLIPTextEncode', inputs: { clip: ['load', 1], text: positive } },
    negative: { class_type: 'CLIPTextEncode', inputs: { clip: ['load', 1], text: negative } },
    latent: {
      class_type: 'EmptyLatentImage',
      inputs: { width: size, height: size, batch_size: options.batch ?? 1 },
    },
    ...(probe === undefined ? {} : { probe: { class_type: probe.type, inputs: probe.inputs } }),
    sampler: {
      class_type: 'DiCacheSampler',
      inputs: {
        model: patch === undefined ? ['load', 0] : ['patched', 0],
        positive: ['positive', 0],
        negative: ['negative', 0],
        latent: ['latent', 0],
        ...(probe === undefined ? {} : { probe: ['probe', 0] }),
        seed: options.seed ?? 1,
        steps: options.steps ?? 6,
        cfg: options.cfg ?? 3,
        sampler_name: 'euler',
        scheduler: 'simple',
        denoise: 1,
      },
    },
    decode: { class_type: 'Decode', inputs: { vae: ['load', 2], latent: ['sampler', 0] } },
  }
}

/** The samples of a LATENT value. */
export function samplesOf(value: unknown): Float32Array {
  if (typeof value === 'object' && value !== null && 'samples' in value) {
    const { samples } = value
    if (
      typeof samples === 'object' &&
      samples !== null &&
      'data' in samples &&
      samples.data instanceof Float32Array
    )
      return samples.data
  }
  throw new TypeError('no LATENT')
}
