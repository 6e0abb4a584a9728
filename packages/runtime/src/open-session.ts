/** One ONNX Runtime session as a GraphSession: options, conversion, and calls in turn. */
import { InferenceSession } from 'onnxruntime-node'
import type { GraphSession, GraphSource, NamedTensors } from '@dicache/tensor'
import { fromOrt, toOrtAll } from './convert.ts'
import { type Device, providersOf } from './device.ts'
import { reasonOf, RuntimeError } from './runtime-error.ts'

export type SessionSettings = {
  readonly device: Device
  /** Threads inside one operator; 0 lets ONNX Runtime take one per physical core. */
  readonly threads: number
  /** `all` measured best: see docs/adr/0004. */
  readonly optimization: 'disabled' | 'basic' | 'extended' | 'all'
}

export type OpenedSession = GraphSession & { readonly dispose: () => Promise<void> }

/** Opens a session; weights are mapped from the source's data folder. */
export async function openSession(source: GraphSource, settings: SessionSettings): Promise<OpenedSession> {
  const options: InferenceSession.SessionOptions = {
    executionProviders: providersOf(settings.device),
    graphOptimizationLevel: settings.optimization,
    executionMode: 'sequential',
    enableMemPattern: true,
    logSeverityLevel: 3,
    ...(settings.threads > 0 ? { intraOpNumThreads: settings.threads } : {}),
    extra: {
      session: {
        // Every session has threads of its own: those of the last one must not spin while the next one runs (docs/adr/0006).
        force_spinning_stop: '1',
        ...(source.dataFolder === undefined
          ? {}
          : { model_external_initializers_file_folder_path: source.dataFolder }),
      },
    },
  }
  const session = await create(source, options)
  let last: Promise<unknown> = Promise.resolve()
  let closed = false

  async function runNow(
    inputs: NamedTensors,
    into: NamedTensors,
    outputs: readonly string[],
  ): Promise<NamedTensors> {
    if (closed) throw new RuntimeError('RUNTIME_DISPOSED', `graph ${source.key} was unloaded before it ran`)
    const given = toOrtAll(into)
    const fetches = Object.fromEntries(outputs.map((name) => [name, given[name] ?? null]))
    try {
      const results = await session.run(toOrtAll(inputs), fetches)
      return Object.fromEntries(
        outputs.map((name) => [name, into[name] ?? fromOrt(name, pick(results, name))]),
      )
    } catch (cause) {
      if (cause instanceof RuntimeError) throw cause
      throw new RuntimeError(
        'GRAPH_RUN_FAILED',
        `graph ${source.key} failed on ${settings.device}: ${reasonOf(cause)}`,
        { cause },
      )
    }
  }

  return {
    run(inputs, { into = {}, outputs = session.outputNames } = {}) {
      const next = last.then(() => runNow(inputs, into, outputs))
      last = next.catch(() => undefined)
      return next
    },
    async dispose() {
      closed = true
      await last
      await session.release()
    },
  }
}

async function create(
  source: GraphSource,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(await source.bytes(), options)
  } catch (cause) {
    throw new RuntimeError('SESSION_FAILED', `graph ${source.key} could not be loaded: ${reasonOf(cause)}`, {
      cause,
    })
  }
}

function pick(
  results: InferenceSession.OnnxValueMapType,
  name: string,
): InferenceSession.OnnxValueMapType[string] {
  const value = results[name]
  if (value === undefined) throw new RuntimeError('GRAPH_RUN_FAILED', `the graph has no output ${name}`)
  return value
}
