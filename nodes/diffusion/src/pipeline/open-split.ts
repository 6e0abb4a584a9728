/** Opens a transformer's three parts and makes them the split forward that the step cache works with. */
import type { SampleRange, SplitForward, SplitNeeds, Tokens } from '@dicache/diffusion'
import type { Transformer } from '@dicache/models'
import { embedLevels } from './embed-levels.ts'
import {
  batchView,
  concat,
  type FloatTensor,
  floatTensor,
  type GraphSession,
  type GraphSource,
  type NamedTensors,
  type OpenGraph,
  sliceAlong,
  type Tensor,
} from '@dicache/tensor'

export type SplitSpec = {
  readonly transformer: Transformer
  readonly depth: number
  /** Inputs of the whole run with all branches stacked (`Transformer.constants`); what starts with the samples is cut per call. */
  readonly constants: NamedTensors
  /** Shape of the stacked latents [branches·n, C, H, W]. */
  readonly latentShape: readonly number[]
  /** Noise levels that are going to be evaluated, in order: what does not read the latent is computed for them ahead. @defaultValue none */
  readonly sigmas?: readonly number[]
  /** What the policy reads. @defaultValue what DiCache does */
  readonly needs?: SplitNeeds
}

const DICACHE_NEEDS: SplitNeeds = { signal: 'hidden', answers: ['reuse'] }

/** Bytes that crossed between JavaScript and the device. */
export type ByteCounter = { moved: number }

/**
 * Opens the parts (memoised by the host) and binds the run's constants.
 * @param bytes - counts what every call feeds and fetches
 */
export async function openSplit(
  openGraph: OpenGraph,
  spec: SplitSpec,
  options: { readonly signal?: AbortSignal; readonly bytes?: ByteCounter } = {},
): Promise<SplitForward> {
  const { transformer, latentShape } = spec
  const { signal, answers } = spec.needs ?? DICACHE_NEEDS
  const parts = transformer.parts(spec.depth)
  const open = (source: GraphSource): Promise<GraphSession> => openGraph(source, options.signal)
  const opened = {
    embed: await open(parts.embed),
    probe: await open(transformer.probe(spec.depth, signal)),
    deep: await open(parts.deep),
    reuse: answers.includes('reuse') ? await open(parts.reuse) : undefined,
    head: answers.includes('head') ? await open(transformer.head) : undefined,
  }
  const { rope_cos, rope_sin, reference_tokens: reference } = spec.constants
  const tables = named({ rope_cos, rope_sin })
  const stacked = latentShape[0] ?? 0
  const tokens = transformer.pack(floatTensor(latentShape)).shape[1] ?? 0
  const cold = floatTensor([stacked, tokens + (reference?.shape[1] ?? 0), transformer.hidden])

  // Tokens of references are part of the image's stream in every block, and so in everything that a cache keeps and compares.
  function pack(x: FloatTensor): FloatTensor {
    const own = transformer.pack(x)
    return reference?.dtype === 'float32' ? concat([own, reference], 1) : own
  }

  async function run(part: keyof typeof opened, inputs: NamedTensors): Promise<NamedTensors> {
    options.signal?.throwIfAborted()
    const session = opened[part]
    if (session === undefined) throw new RangeError(`the ${part} part was not opened for this policy`)
    const outputs = await session.run(inputs)
    if (options.bytes !== undefined) options.bytes.moved += byteLength(inputs) + byteLength(outputs)
    return outputs
  }

  function unpack(out: FloatTensor): FloatTensor {
    const own = reference === undefined ? out : sliceAlong(out, 1, 0, tokens)
    return transformer.unpack(own, latentShape.with(0, out.shape[0] ?? 0))
  }

  const embedded = embedLevels((inputs) => run('embed', inputs), {
    layout: transformer.embedding,
    constants: spec.constants,
    samples: stacked,
    depth: spec.depth,
    signal,
    expected: spec.sigmas ?? [],
  })
  const [first] = spec.sigmas ?? []
  // Before the first step, whose time is its own.
  if (first !== undefined) await embedded(first)

  return {
    async probe(x, sigma, before) {
      const level = await embedded(sigma)
      const outputs = await run('probe', {
        x: pack(x),
        ...level.probe,
        ...tables,
        ...compared(signal, before ?? { h0: cold, signal: cold }),
      })
      const hm = float(outputs, 'hm')
      return {
        sigma,
        h0: float(outputs, 'h0'),
        hm,
        signal: signal === 'modulated' ? float(outputs, 'signal') : hm,
        carried: { ctx: float(outputs, 'ctx') },
        ...(signal === 'hidden' ? { dx: float(outputs, 'dx'), mx: float(outputs, 'mx') } : {}),
        ...(signal === 'none' ? {} : { dy: float(outputs, 'dy'), my: float(outputs, 'my') }),
      }
    },
    async deep(probe, samples) {
      const level = await embedded(probe.sigma)
      const outputs = await run('deep', {
        ...rowsOf({ h0: probe.h0, hm: probe.hm, ...probe.carried, ...level.deep, ...level.head }, samples),
        ...tables,
      })
      return {
        residual: float(outputs, 'residual'),
        probeResidual: float(outputs, 'probe_residual'),
        out: unpack(float(outputs, 'out')),
      }
    },
    async reuse(probe, samples, anchors, reuseOptions) {
      const level = await embedded(probe.sigma)
      const outputs = await run('reuse', {
        ...rowsOf({ h0: probe.h0, hm: probe.hm, ...level.head }, samples),
        ...anchors,
        groups: reuseOptions.groups,
        clip: floatTensor([2], Float32Array.from(reuseOptions.gammaClip)),
        anchors: floatTensor([1], Float32Array.of(reuseOptions.anchors)),
        guard: { dtype: 'bool', shape: [1], data: Uint8Array.of(reuseOptions.guard ? 1 : 0) },
      })
      const aligned = outputs['aligned']
      return {
        out: unpack(float(outputs, 'out')),
        gamma: float(outputs, 'gamma'),
        aligned: Array.from(aligned?.dtype === 'bool' ? aligned.data : [], Boolean),
      }
    },
    async head(probe, samples, tokens) {
      const level = await embedded(probe.sigma)
      return unpack(float(await run('head', { ...rowsOf(level.head, samples), ...tokens }), 'out'))
    },
  }
}

/** What a probe's signal is compared with, by the names of its graph. */
function compared(signal: SplitNeeds['signal'], before: Tokens): NamedTensors {
  switch (signal) {
    case 'hidden':
      return { h0_prev: before.h0, hm_prev: before.signal }
    case 'modulated':
    case 'residual':
      return { signal_prev: before.signal }
    case 'none':
      return {}
  }
}

/** Rows of tensors that have a row a sample. */
function rowsOf(tensors: NamedTensors, { start, count }: SampleRange): NamedTensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [
      name,
      tensor.dtype === 'float32' && tensor.shape[0] !== count
        ? batchView(tensor, start, start + count)
        : tensor,
    ]),
  )
}

function named(tensors: Readonly<Record<string, Tensor | undefined>>): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(tensors).flatMap(([name, tensor]) => (tensor === undefined ? [] : [[name, tensor]])),
  )
}

function float(outputs: NamedTensors, name: string): FloatTensor {
  const tensor = outputs[name]
  if (tensor?.dtype !== 'float32') throw new TypeError(`the graph gave no float32 output ${name}`)
  return tensor
}

function byteLength(tensors: NamedTensors): number {
  return Object.values(tensors).reduce((sum, { data }) => sum + data.byteLength, 0)
}
