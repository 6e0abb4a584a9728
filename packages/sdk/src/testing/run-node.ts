/** Runs one node without an engine: its defaults filled in, everything it tells recorded. */
import type { JsonValue } from '@dicache/protocol'
import type { HiddenValues, NodeDefinition, NodeReturn } from '../node-spec.ts'
import type { HostServices, Reporter } from '../host-services.ts'
import { testHost } from './test-host.ts'

/** What to run a node with. */
export type NodeRunOptions = {
  readonly inputs?: Readonly<Record<string, unknown>>
  /** Settings that differ from their defaults. */
  readonly params?: Readonly<Record<string, unknown>>
  readonly host?: HostServices
  readonly signal?: AbortSignal
  readonly hidden?: Partial<HiddenValues>
  /** Called at each report, before it is recorded. */
  readonly onReport?: (kind: keyof Reporter) => void
}

/** What a node gave and told. */
export type NodeRun = {
  readonly outputs: NodeReturn
  readonly progress: readonly (readonly [done: number, total: number])[]
  readonly events: readonly (readonly [name: string, data: JsonValue])[]
  readonly previews: readonly unknown[]
  readonly logs: readonly string[]
}

/** Runs a node. @example `const { outputs } = await runNode(invert, { inputs: { image } })` */
export async function runNode(node: NodeDefinition, options: NodeRunOptions = {}): Promise<NodeRun> {
  const { signal = new AbortController().signal, onReport = () => undefined } = options
  const progress: (readonly [number, number])[] = []
  const events: (readonly [string, JsonValue])[] = []
  const previews: unknown[] = []
  const logs: string[] = []
  const told = (kind: 'progress' | 'event' | 'preview' | 'log'): void => {
    onReport(kind)
    signal.throwIfAborted()
  }
  const report: Reporter = {
    progress: (done, total) => {
      told('progress')
      progress.push([done, total])
    },
    event: (name, data) => {
      told('event')
      events.push([name, data])
    },
    showsPreviews: true,
    preview: (image) => {
      told('preview')
      previews.push(image)
    },
    log: (message) => {
      told('log')
      logs.push(message)
    },
  }
  const outputs = await node.run({
    inputs: {
      ...Object.fromEntries(node.manifest.inputs.map(({ name }) => [name, undefined])),
      ...options.inputs,
    },
    params: { ...defaultsOf(node), ...options.params },
    signal,
    report,
    host: options.host ?? testHost(),
    hidden: {
      prompt: {},
      document: undefined,
      extra: {},
      nodeId: '1',
      runId: 'test',
      getNode: () => undefined,
      ...options.hidden,
    },
  })
  return { outputs, progress, events, previews, logs }
}

function defaultsOf({ manifest }: NodeDefinition): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    manifest.params.map((param): [string, unknown] => [
      param.name,
      param.kind === 'seed'
        ? BigInt(param.default)
        : (param.default ?? (param.kind === 'choice' && !param.optional ? param.options?.[0] : undefined)),
    ]),
  )
}
