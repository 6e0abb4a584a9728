/** Opens a transformer's three parts and makes them the split forward that the step cache works with. */
import type { ProbeResult, SampleRange, SplitForward } from '@dicache/diffusion'
import type { Transformer, TransformerParts } from '@dicache/models'
import {
  batchView,
  type FloatTensor,
  floatTensor,
  type GraphSession,
  type NamedTensors,
  type OpenGraph,
  type Tensor,
} from '@dicache/tensor'

export type SplitSpec = {
  readonly transformer: Transformer
  readonly depth: number
  /** Inputs of the whole run with all branches stacked; what starts with the samples is cut per call. */
  readonly constants: NamedTensors
  /** Shape of the stacked latents [branches·n, C, H, W]. */
  readonly latentShape: readonly number[]
}

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
  const sources = transformer.parts(spec.depth)
  const sessions: TransformerParts<GraphSession> = {
    probe: await openGraph(sources.probe, options.signal),
    deep: await openGraph(sources.deep, options.signal),
    reuse: await openGraph(sources.reuse, options.signal),
  }
  const { rope_cos, rope_sin, ...perSample } = spec.constants
  const tables = named({ rope_cos, rope_sin })
  const stacked = latentShape[0] ?? 0
  const tokens = transformer.pack(floatTensor(latentShape)).shape[1] ?? 0
  const cold = floatTensor([stacked, tokens, transformer.hidden])

  async function run(part: keyof typeof sessions, inputs: NamedTensors): Promise<NamedTensors> {
    options.signal?.throwIfAborted()
    const outputs = await sessions[part].run(inputs)
    if (options.bytes !== undefined) options.bytes.moved += byteLength(inputs) + byteLength(outputs)
    return outputs
  }

  function unpack(out: FloatTensor): FloatTensor {
    return transformer.unpack(out, latentShape.with(0, out.shape[0] ?? 0))
  }

  return {
    async probe(x, sigma, previous) {
      const outputs = await run('probe', {
        x: transformer.pack(x),
        timestep: floatTensor([stacked], new Float32Array(stacked).fill(sigma)),
        ...named(perSample),
        ...tables,
        h0_prev: previous?.h0 ?? cold,
        hm_prev: previous?.hm ?? cold,
      })
      return {
        h0: float(outputs, 'h0'),
        hm: float(outputs, 'hm'),
        carried: { ctx: float(outputs, 'ctx'), vec: float(outputs, 'vec') },
        dx: float(outputs, 'dx'),
        mx: float(outputs, 'mx'),
        dy: float(outputs, 'dy'),
        my: float(outputs, 'my'),
      }
    },
    async deep(probe, samples) {
      const cut = cutProbe(probe, samples)
      const outputs = await run('deep', { ...cut, ...tables })
      return {
        residual: float(outputs, 'residual'),
        probeResidual: float(outputs, 'probe_residual'),
        out: unpack(float(outputs, 'out')),
      }
    },
    async reuse(probe, samples, anchors, reuseOptions) {
      const { h0, hm, vec } = cutProbe(probe, samples)
      const outputs = await run('reuse', {
        ...named({ h0, hm, vec }),
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
  }
}

function cutProbe(probe: ProbeResult, samples: SampleRange): Record<string, Tensor> {
  const cut = (tensor: FloatTensor): FloatTensor =>
    batchView(tensor, samples.start, samples.start + samples.count)
  const carried = Object.entries(probe.carried).map(
    ([name, tensor]) => [name, tensor.dtype === 'float32' ? cut(tensor) : tensor] as const,
  )
  return { h0: cut(probe.h0), hm: cut(probe.hm), ...Object.fromEntries(carried) }
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
