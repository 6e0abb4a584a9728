/** Short ways to graphs and engines, for tests. */
import type { ApiNode, RunEvent } from '@dicache/protocol'
import { parseWorkflow } from '@dicache/protocol'
import type { HostServices } from '@dicache/sdk'
import { testHost } from '@dicache/sdk/testing'
import type { ResultCache } from '../caching/result-cache.ts'
import { createEngine } from '../create-engine.ts'
import type { RunOptions } from '../create-engine.ts'
import { compileDocument } from '../documents/compile-document.ts'
import type { EncodePreview } from '../execution/reporter.ts'
import type { WatchHost } from '../execution/watch-host.ts'
import type { RunResult } from '../execution/run-result.ts'
import type { Graph } from '../graph.ts'
import { createRegistry } from '../registry.ts'
import type { Registry } from '../registry.ts'
import { createDemoPack } from './demo-pack.ts'
import { createStage } from './stage.ts'
import type { Stage } from './stage.ts'

/** Nodes as `id: [type, inputs]`. */
export type ShortNodes = Readonly<
  Record<string, readonly [type: string, inputs?: Readonly<Record<string, unknown>>]>
>

/** Compiles short nodes as an API document. */
export function apiGraph(nodes: ShortNodes, registry: Registry): Graph {
  const document = Object.fromEntries(
    Object.entries(nodes).map(([id, [type, inputs = {}]]) => [id, { class_type: type, inputs } as ApiNode]),
  )
  const parsed = parseWorkflow(document)
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('\n'))
  return compileDocument(parsed.value, registry).graph
}

/** An engine over the demo pack, with everything that it told. */
export type Bench = {
  readonly stage: Stage
  readonly registry: Registry
  readonly events: RunEvent[]
  readonly run: (nodes: ShortNodes, options?: RunOptions) => Promise<RunResult>
  /** The types of the events, with the id of the node: `node.finished 3`. */
  readonly told: () => readonly string[]
}

/** What a bench may be made of. */
export type BenchOptions = {
  readonly cache?: ResultCache
  readonly host?: Partial<HostServices>
  readonly encodePreview?: EncodePreview
  readonly processBytes?: () => number
  readonly watchHost?: WatchHost
}

/** Makes a bench. */
export function createBench(options: BenchOptions = {}): Bench {
  const stage = createStage()
  const registry = createRegistry([createDemoPack(stage)])
  const events: RunEvent[] = []
  const engine = createEngine({
    registry,
    host: testHost(options.host),
    now: () => 0,
    ...(options.cache && { cache: options.cache }),
    ...(options.encodePreview && { encodePreview: options.encodePreview }),
    ...(options.watchHost && { watchHost: options.watchHost }),
    ...(options.processBytes && { processBytes: options.processBytes }),
  })
  return {
    stage,
    registry,
    events,
    run: (nodes, runOptions = {}) => {
      events.length = 0
      stage.journal.length = 0
      const onEvent = (event: RunEvent): void => {
        events.push(event)
      }
      return engine.run(apiGraph(nodes, registry), { runId: 'run', onEvent, ...runOptions })
    },
    told: () => events.map((event) => ('nodeId' in event ? `${event.type} ${event.nodeId}` : event.type)),
  }
}

/** What the `Show` nodes of a run showed, in the order in which they did. */
export function shownTexts(events: readonly RunEvent[]): readonly unknown[] {
  return events.flatMap((event) => (event.type === 'node.finished' ? (event.ui?.['text'] ?? []) : []))
}
