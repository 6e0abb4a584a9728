/** What a run came to, for whoever asked for it. */
import { HostError } from '@dicache/protocol'
import type { Problem, SkipReason } from '@dicache/protocol'
import type { UiOutput } from '@dicache/sdk'
import type { NodeOutput } from '../caching/result-cache.ts'
import type { PlanResult } from './run-plan.ts'

/** How one node ended. */
export type NodeOutcome = {
  readonly nodeType: string
  readonly displayId: string
} & (
  | { readonly status: 'executed'; readonly durationMs: number; readonly ui?: UiOutput }
  | { readonly status: 'cached'; readonly ui?: UiOutput }
  | { readonly status: 'blocked' }
  | { readonly status: 'failed'; readonly durationMs: number; readonly error: HostError }
  | { readonly status: 'skipped'; readonly reason: SkipReason; readonly cause?: string }
)

/** What a run that did not get done leaves for the next try: `run(graph, { resume })` takes it up. Holds memory. */
export type Unfinished = {
  /** The run that the keys of results of this run only were made for. */
  readonly keyRunId: string
  /** Results by cache key, also those that no cache may keep. */
  readonly results: ReadonlyMap<string, NodeOutput>
}

type Ended = {
  readonly runId: string
  readonly durationMs: number
  /** What validation found; a run goes on without the outputs that have errors. */
  readonly problems: readonly Problem[]
  /** Every node that was worked on or found in the cache, by id; of a loop, only the nodes of its last turns. */
  readonly nodes: ReadonlyMap<string, NodeOutcome>
  /** A target's values: for each output the list of them. Undefined for other nodes. */
  readonly valuesOf: (nodeId: string) => readonly (readonly unknown[])[] | undefined
}

/** What a run came to. `refused`: nothing in it could run, and no event was sent. */
export type RunResult =
  | { readonly status: 'refused'; readonly runId: string; readonly problems: readonly Problem[] }
  | (Ended & { readonly status: 'finished' })
  | (Ended & { readonly status: 'cancelled'; readonly unfinished: Unfinished })
  | (Ended & {
      readonly status: 'failed'
      /** The first failure. */
      readonly error: HostError
      /** The ids of the nodes that failed, in the order in which they did. */
      readonly failed: readonly string[]
      readonly unfinished: Unfinished
    })

/** Sums up a run. */
export function runResult(
  { tasks, failed, cancelled, results }: PlanResult,
  facts: Pick<Ended, 'runId' | 'durationMs' | 'problems'> & {
    readonly targets: readonly string[]
    readonly keyRunId: string
  },
): Exclude<RunResult, { status: 'refused' }> {
  const { targets, keyRunId, ...rest } = facts
  const nodes = new Map<string, NodeOutcome>()
  for (const [id, { plan, outcome }] of tasks) {
    if (outcome === undefined) continue
    nodes.set(id, { nodeType: plan.type.manifest.type, displayId: plan.displayId, ...outcome })
  }
  const values = new Map(targets.map((id) => [id, tasks.get(id)?.output?.lists]))
  const ended: Ended = { ...rest, nodes, valuesOf: (id) => values.get(id) }
  const [first] = failed
  if (first === undefined && !cancelled) return { ...ended, status: 'finished' }
  const unfinished = { keyRunId, results: results() }
  if (cancelled || first === undefined) return { ...ended, status: 'cancelled', unfinished }
  return {
    ...ended,
    status: 'failed',
    error: first.error,
    failed: failed.map(({ id }) => id),
    unfinished,
  }
}
