/** A planned node while a run works on it. Only the scheduler changes one. */
import type { HostError, SkipReason } from '@dicache/protocol'
import type { Blocker, NodeReturn, UiOutput } from '@dicache/sdk'
import type { NodeOutput, UsedModel } from '../caching/result-cache.ts'
import type { PlanNode } from '../planning/plan-run.ts'

/** How a node ended. A blocked node has outputs: blockers. */
export type Outcome =
  | { readonly status: 'executed'; readonly durationMs: number; readonly output: NodeOutput }
  | { readonly status: 'cached'; readonly output: NodeOutput }
  | { readonly status: 'blocked'; readonly output: NodeOutput }
  | { readonly status: 'failed'; readonly durationMs: number; readonly error: HostError }
  | { readonly status: 'skipped'; readonly reason: SkipReason; readonly cause?: string }

/** What is left of an outcome when its values were let go. */
export type Ended = Outcome extends infer O
  ? O extends { readonly output: NodeOutput }
    ? Omit<O, 'output'> & { readonly ui?: UiOutput }
    : O
  : never

/** What one call of a node's function gave; a blocker stands for a call that was not made. */
export type CallReturn = NodeReturn | Blocker

/** A planned node and how far it is. */
export type Task = {
  /** Its inputs shrink to the links when the values that an expansion gave it are not needed any more. */
  plan: PlanNode
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
  requested: ReadonlySet<string>
  /** The tasks that its expansion added. */
  inner: readonly Task[]
  /** Another task with the same key, whose results this one takes. */
  leader: Task | undefined
  /** What its calls gave when at least one of them was an expansion; links in it are being computed. */
  expanded: readonly CallReturn[] | undefined
  /** Present from settling until nobody needs it any more. */
  output: NodeOutput | undefined
  outcome: Ended | undefined
  /** Weight files that its node asked for, and, once it expanded, those of what went into it. */
  models: readonly UsedModel[]
  started: boolean
  activeMs: number
  /** Whether it cannot run again: values that it was given are gone. */
  spent: boolean
}

const NONE: ReadonlySet<string> = new Set()
const NO_MODELS: readonly UsedModel[] = []

/** Makes the task of a planned node. */
export function createTask(plan: PlanNode): Task {
  return {
    plan,
    state: 'idle',
    waitingFor: 0,
    dependents: new Set(),
    holds: [],
    uses: 0,
    requested: NONE,
    inner: [],
    leader: undefined,
    expanded: undefined,
    output: undefined,
    outcome: undefined,
    models: NO_MODELS,
    started: false,
    activeMs: 0,
    spent: false,
  }
}

/** The outcome without its values, which may be large. */
export function endedAs(outcome: Outcome): Ended {
  if (!('output' in outcome)) return outcome
  const { output, ...rest } = outcome
  return { ...rest, ...uiOf(output) }
}

/** Whether a task settled with values, whether they are still there or not. */
export function gaveValues({ outcome }: Task): boolean {
  return outcome !== undefined && outcome.status !== 'failed' && outcome.status !== 'skipped'
}

/** Lets go of the values that an expansion handed to the task: they may be large, and a loop has many. */
export function forgetValues(task: Task): void {
  const { plan } = task
  const inputs = [...plan.node.inputs].filter(([, { kind }]) => kind !== 'object')
  if (inputs.length === plan.node.inputs.size) return
  task.plan = { ...plan, node: { ...plan.node, inputs: new Map(inputs) } }
  task.spent = true
}

/** Data for the user interface, where there is any. */
export function uiOf(output: NodeOutput | undefined): { readonly ui: UiOutput } | Record<never, never> {
  return output?.ui === undefined ? {} : { ui: output.ui }
}
