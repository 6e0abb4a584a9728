/** What a run came to, for whoever asked for it. */
import { HostError } from '@dicache/protocol'
import type { Problem, SkipReason } from '@dicache/protocol'
import type { UiOutput } from '@dicache/sdk'
import type { PlanResult } from './run-plan.ts'
import { outputOf } from './task.ts'
import type { Outcome } from './task.ts'

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

type Ended = {
  readonly runId: string
  readonly durationMs: number
  /** What validation found; a run goes on without the outputs that have errors. */
  readonly problems: readonly Problem[]
  /** Every node that was worked on or found in the cache, by id. */
  readonly nodes: ReadonlyMap<string, NodeOutcome>
  /** A target's values: for each output the list of them. Undefined for other nodes. */
  readonly valuesOf: (nodeId: string) => readonly (readonly unknown[])[] | undefined
}

/** What a run came to. `refused`: nothing in it could run, and no event was sent. */
export type RunResult =
  | { readonly status: 'refused'; readonly runId: string; readonly problems: readonly Problem[] }
  | (Ended & { readonly status: 'finished' })
  | (Ended & { readonly status: 'cancelled' })
  | (Ended & {
      readonly status: 'failed'
      /** The first failure. */
      readonly error: HostError
      /** The ids of the nodes that failed, in the order in which they did. */
      readonly failed: readonly string[]
    })

/** Sums up a run. */
export function runResult(
  { tasks, failed, cancelled }: PlanResult,
  facts: Pick<Ended, 'runId' | 'durationMs' | 'problems'> & { readonly targets: readonly string[] },
): Exclude<RunResult, { status: 'refused' }> {
  const { targets, ...rest } = facts
  const nodes = new Map<string, NodeOutcome>()
  for (const [id, { plan, outcome }] of tasks) {
    if (outcome === undefined) continue
    nodes.set(id, { nodeType: plan.type.manifest.type, displayId: plan.displayId, ...summary(outcome) })
  }
  const ended: Ended = {
    ...rest,
    nodes,
    valuesOf: (id) => (targets.includes(id) ? tasks.get(id)?.output?.lists : undefined),
  }
  if (cancelled) return { ...ended, status: 'cancelled' }
  const [first] = failed
  if (first === undefined) return { ...ended, status: 'finished' }
  const error =
    first.outcome?.status === 'failed'
      ? first.outcome.error
      : new HostError('INTERNAL', 'a failure without an error')
  return { ...ended, status: 'failed', error, failed: failed.map(({ plan }) => plan.id) }
}

type Summary<O> = O extends { readonly output: unknown } ? Omit<O, 'output'> & { readonly ui?: UiOutput } : O

function summary(outcome: Outcome): Summary<Outcome> {
  if (!('output' in outcome)) return outcome
  const { output: _output, ...rest } = outcome
  const ui = outputOf(outcome)?.ui
  return ui === undefined ? rest : { ...rest, ui }
}
