/** Runs one node: asks for its lazy inputs, skips blocked calls, makes the others (SPEC X-4 … X-8). */
import { HostError } from '@dicache/protocol'
import { Blocker, Expansion } from '@dicache/sdk'
import type { HiddenValues, HostServices } from '@dicache/sdk'
import type { NodeOutput } from '../caching/result-cache.ts'
import type { PlanNode } from '../planning/plan-run.ts'
import { buildCalls } from './gather-inputs.ts'
import type { Call, InputLists } from './gather-inputs.ts'
import { mergeReturns } from './merge-returns.ts'
import type { NodeReporter } from './reporter.ts'
import type { CallReturn, Task } from './task.ts'

/** What became of a node. */
export type TaskResult =
  /** It needs these lazy inputs first. */
  | { readonly kind: 'needs'; readonly inputs: readonly string[] }
  | { readonly kind: 'done'; readonly output: NodeOutput; readonly keep: boolean }
  /** Every call was blocked. */
  | { readonly kind: 'blocked'; readonly output: NodeOutput }
  | { readonly kind: 'expanded'; readonly returns: readonly CallReturn[] }

/** What a node runs with. */
export type TaskServices = {
  readonly host: HostServices
  readonly signal: AbortSignal
  readonly report: NodeReporter
  readonly hidden: HiddenValues
  /** Called once, before the node's function is. */
  readonly onStart: () => void
  /** Called when a call is blocked with a message. */
  readonly onBlocked: (message: string) => void
}

/** Runs the node of a task with the inputs that are there. */
export async function executeTask(
  task: Task,
  lists: InputLists,
  services: TaskServices,
): Promise<TaskResult> {
  const { plan } = task
  const calls = buildCalls(plan, lists)
  const needs = await lazyNeeds(task, calls)
  if (needs.length > 0) return { kind: 'needs', inputs: needs }

  const message = calls.find(({ blocker }) => blocker?.message !== undefined)?.blocker?.message
  if (message !== undefined) services.onBlocked(message)
  if (calls.every(({ blocker }) => blocker !== undefined)) {
    return {
      kind: 'blocked',
      output: mergeReturns(
        plan.type,
        calls.map(() => new Blocker()),
      ),
    }
  }
  services.onStart()
  const returns = await makeCalls(plan, calls, services)
  if (returns.some((given) => given instanceof Expansion)) return { kind: 'expanded', returns }
  // A message is told by whoever consumes the blocker first: a result from the cache would not tell it again.
  return { kind: 'done', output: mergeReturns(plan.type, returns), keep: message === undefined }
}

async function makeCalls(
  { type }: PlanNode,
  calls: readonly Call[],
  { host, signal, report, hidden }: TaskServices,
): Promise<readonly CallReturn[]> {
  const make = async ({ inputs, params, blocker }: Call): Promise<CallReturn> =>
    blocker ?? type.definition.run({ inputs, params, signal, report, host, hidden })
  if (type.manifest.concurrent) return settleAll(calls.map(make))
  const returns: CallReturn[] = []
  for (const call of calls) {
    signal.throwIfAborted()
    returns.push(await make(call))
  }
  return returns
}

/** Like Promise.all, but waits for all of them also when one fails: nothing of the node goes on after its end. */
async function settleAll(promises: readonly Promise<CallReturn>[]): Promise<readonly CallReturn[]> {
  await Promise.allSettled(promises)
  return Promise.all(promises)
}

/** The lazy inputs that the node asks for and that are not computed yet. */
async function lazyNeeds(task: Task, calls: readonly Call[]): Promise<readonly string[]> {
  const { node, type } = task.plan
  const { checkLazy } = type.definition
  if (checkLazy === undefined) return []
  const asked = new Set<string>()
  const isLinked = (name: string): boolean => node.inputs.get(name)?.kind === 'link'
  for (const { inputs, params, blocker } of calls) {
    if (blocker !== undefined) continue
    for (const name of await checkLazy({ inputs, params, isLinked })) asked.add(name)
  }
  for (const name of asked) {
    const declared = type.ports.get(name) ?? type.params.get(name)
    if (declared?.lazy && isLinked(name)) continue
    throw new HostError(
      'NODE_FAILED',
      `It asked for "${name}", which is no linked lazy input. This is a fault of the node.`,
    )
  }
  return [...asked].filter((name) => !task.requested.has(name))
}
