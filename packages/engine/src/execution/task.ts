/** A planned node while a run works on it. Only the scheduler changes one. */
import type { HostError, SkipReason } from '@dicache/protocol'
import type { Blocker, NodeReturn, UiOutput } from '@dicache/sdk'
import type { NodeOutput } from '../caching/result-cache.ts'
import type { PlanNode } from '../planning/plan-run.ts'

/** How a node ended. A blocked node has outputs: blockers. */
export type Outcome =
  | { readonly status: 'executed'; readonly durationMs: number; readonly output: NodeOutput }
  | { readonly status: 'cached'; readonly output: NodeOutput }
  | { readonly status: 'blocked'; readonly output: NodeOutput }
  | { readonly status: 'failed'; readonly durationMs: number; readonly error: HostError }
  | { readonly status: 'skipped'; readonly reason: SkipReason; readonly cause?: string }

/** What one call of a node's function gave; a blocker stands for a call that was not made. */
export type CallReturn = NodeReturn | Blocker

/** A planned node and how far it is. */
export type Task = {
  readonly plan: PlanNode
  state: 'idle' | 'waiting' | 'ready' | 'running' | 'settled'
  /** How many of its sources have not settled. */
  waitingFor: number
  /** Tasks that wait for this one. */
  readonly dependents: Set<Task>
  /** Sources whose results this task keeps alive until it settles. */
  readonly holds: Task[]
  /** How many tasks keep this one's results alive. */
  uses: number
  /** Lazy inputs that the node asked for. */
  readonly requested: Set<string>
  /** Another task with the same key, whose results this one takes. */
  leader: Task | undefined
  /** What its calls gave when at least one of them was an expansion; links in it are being computed. */
  expanded: readonly CallReturn[] | undefined
  /** Present from settling until nobody needs it any more. */
  output: NodeOutput | undefined
  outcome: Outcome | undefined
  started: boolean
  activeMs: number
}

/** Makes the task of a planned node. */
export function createTask(plan: PlanNode): Task {
  return {
    plan,
    state: 'idle',
    waitingFor: 0,
    dependents: new Set(),
    holds: [],
    uses: 0,
    requested: new Set(),
    leader: undefined,
    expanded: undefined,
    output: undefined,
    outcome: undefined,
    started: false,
    activeMs: 0,
  }
}

/** The result of an outcome, where it has one. */
export function outputOf(outcome: Outcome): NodeOutput | undefined {
  return 'output' in outcome ? outcome.output : undefined
}

/** Data for the user interface, where there is any. */
export function uiOf(output: NodeOutput | undefined): { readonly ui: UiOutput } | Record<never, never> {
  return output?.ui === undefined ? {} : { ui: output.ui }
}
