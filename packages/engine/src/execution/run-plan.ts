/** Executes a plan: starts what is ready, takes what is finished, until nothing is left (SPEC X-1 … X-12). */
import { HostError, toHostError } from '@dicache/protocol'
import type { HiddenValues, HostServices } from '@dicache/sdk'
import type { ResultCache } from '../caching/result-cache.ts'
import type { Plan, PlanNode } from '../planning/plan-run.ts'
import type { Registry } from '../registry.ts'
import { describeInputs } from './describe-inputs.ts'
import type { Emitter } from './emitter.ts'
import { executeTask } from './execute-task.ts'
import type { TaskResult } from './execute-task.ts'
import { expandTask, idOf } from './expand-task.ts'
import { gatherInputs } from './gather-inputs.ts'
import type { InputLists } from './gather-inputs.ts'
import { mergeReturns } from './merge-returns.ts'
import { createReporter } from './reporter.ts'
import type { EncodePreview } from './reporter.ts'
import { runningNode } from './running-node.ts'
import { createScheduler } from './scheduler.ts'
import type { Scheduler } from './scheduler.ts'
import { uiOf } from './task.ts'
import type { Task } from './task.ts'

/** What a run works with. */
export type RunServices = {
  readonly registry: Registry
  readonly host: HostServices
  readonly cache: ResultCache
  readonly emitter: Emitter
  readonly signal: AbortSignal
  readonly runId: string
  readonly hidden: (nodeId: string, nodeOf: HiddenValues['nodeOf']) => HiddenValues
  readonly encodePreview?: EncodePreview
  /** `stop`: the first failure ends the run; `continue`: branches that do not depend on it go on. */
  readonly onFailure: 'continue' | 'stop'
}

/** How the tasks of a run ended. */
export type PlanResult = {
  readonly tasks: ReadonlyMap<string, Task>
  /** Failures in the order in which they happened. */
  readonly failed: readonly Task[]
  /** Whether the run was cancelled before everything was done. */
  readonly cancelled: boolean
}

type Finished =
  | { readonly task: Task; readonly result: TaskResult }
  | { readonly task: Task; readonly thrown: unknown }

/** Let timers and messages have their turn at least this often: otherwise no cancellation would ever arrive. */
const TURN_MS = 10

/** Executes a plan. Throws only when the host's own code does (an event listener, say). */
export async function runPlan(plan: Plan, services: RunServices): Promise<PlanResult> {
  const { emitter, signal: outer, cache } = services
  const stop = new AbortController()
  const signal = AbortSignal.any([outer, stop.signal])
  const scheduler = createScheduler(cache, emitter, new Set(plan.targets))
  const finished: Finished[] = []
  const failed: Task[] = []
  let running = 0
  let exclusive = false
  let wake: () => void = () => undefined
  let turnEndsAt = performance.now() + TURN_MS

  const launch = (task: Task): void => {
    const isConcurrent = task.plan.type.manifest.concurrent === true
    task.state = 'running'
    running++
    if (!isConcurrent) exclusive = true
    void workOn(task, scheduler, { ...services, signal }).then((entry) => {
      running--
      if (!isConcurrent) exclusive = false
      finished.push(entry)
      wake()
    })
  }
  const fail = (task: Task, thrown: unknown): void => {
    const end = endOf(task, thrown, services, signal)
    if (end !== undefined) {
      scheduler.settle(task, { status: 'skipped', reason: end })
      return
    }
    const error = nodeError(thrown, task.plan)
    failed.push(task)
    const errorType = thrown instanceof Error ? thrown.name : typeof thrown
    const inputs = describeInputs(listsFor(task, scheduler))
    emitter.node(task.plan, {
      type: 'node.failed',
      durationMs: task.activeMs,
      error: error.toJSON(),
      errorType,
      inputs,
    })
    scheduler.settle(task, { status: 'failed', durationMs: task.activeMs, error })
    if (services.onFailure === 'stop') stop.abort(new HostError('CANCELLED', 'Another node failed.'))
  }
  const take = async (entry: Finished): Promise<void> => {
    if ('thrown' in entry) return fail(entry.task, entry.thrown)
    try {
      await accept(entry.task, entry.result, scheduler, { ...services, signal })
    } catch (thrown) {
      fail(entry.task, thrown)
    }
  }

  scheduler.add(plan.nodes.values())
  await scheduler.demand(plan.targets.flatMap((id) => scheduler.tasks.get(id) ?? []))
  for (;;) {
    for (let entry = finished.shift(); entry !== undefined; entry = finished.shift()) await take(entry)
    if (performance.now() >= turnEndsAt) {
      await new Promise((resolve) => setImmediate(resolve))
      turnEndsAt = performance.now() + TURN_MS
    }
    if (!signal.aborted) {
      for (let task = scheduler.next(!exclusive); task !== undefined; task = scheduler.next(!exclusive))
        launch(task)
    }
    if (finished.length > 0) continue
    if (running === 0) {
      const stuck = signal.aborted ? undefined : scheduler.stuck()
      if (stuck === undefined) break
      fail(
        stuck,
        new HostError('CYCLE', 'It waits for a node that waits for it. Check the graph that it expanded to.'),
      )
      continue
    }
    await new Promise<void>((resolve) => {
      wake = resolve
    })
  }
  const undone = [...scheduler.tasks.values()].some(({ state, outcome }) =>
    outcome?.status === 'skipped' ? outcome.reason === 'cancelled' : state === 'waiting' || state === 'ready',
  )
  return { tasks: scheduler.tasks, failed, cancelled: outer.aborted && undone }
}

/** Runs a task's node, and measures it. */
async function workOn(task: Task, scheduler: Scheduler, services: RunServices): Promise<Finished> {
  const { plan } = task
  const { emitter, signal, host, hidden, encodePreview } = services
  const startedAtMs = performance.now()
  const report = createReporter(plan, { emitter, signal, ...(encodePreview && { encodePreview }) })
  try {
    signal.throwIfAborted()
    if (task.expanded !== undefined) return { task, result: resolveExpansion(task, scheduler) }
    const result = await executeTask(task, listsFor(task, scheduler), {
      host,
      signal,
      report,
      hidden: hidden(plan.id, (id) => runningNode(scheduler.tasks.get(id)?.plan)),
      onStart: () => {
        if (!task.started) emitter.node(plan, { type: 'node.started' })
        task.started = true
      },
      onBlocked: (message) => emitter.node(plan, { type: 'node.blocked', message }),
    })
    return { task, result }
  } catch (thrown) {
    return { task, thrown }
  } finally {
    await report.close()
    task.activeMs += performance.now() - startedAtMs
  }
}

/** Takes a result: settles the task, or lets it wait for more. */
async function accept(
  task: Task,
  result: TaskResult,
  scheduler: Scheduler,
  services: RunServices,
): Promise<void> {
  const { plan } = task
  const { emitter, cache } = services
  switch (result.kind) {
    case 'needs':
      for (const name of result.inputs) task.requested.add(name)
      return scheduler.waitAgain(task)
    case 'blocked':
      emitter.node(plan, { type: 'node.skipped', reason: 'blocked' })
      scheduler.settle(task, { status: 'blocked', output: result.output })
      return
    case 'expanded': {
      const planned = (id: string): PlanNode | undefined => scheduler.tasks.get(id)?.plan
      const { nodes, sources } = await expandTask(plan, result.returns, { ...services, planned })
      emitter.node(plan, { type: 'node.expanded', nodes: nodes.map(({ id }) => id) })
      task.expanded = result.returns
      scheduler.add(nodes)
      await scheduler.waitAgain(task, sources)
      const outputs = nodes.filter(({ type }) => type.manifest.output)
      return scheduler.demand(outputs.flatMap(({ id }) => scheduler.tasks.get(id) ?? []))
    }
    case 'done':
      if (plan.cacheable && result.keep) await store(cache, task, result, emitter)
      emitter.node(plan, { type: 'node.finished', durationMs: task.activeMs, ...uiOf(result.output) })
      scheduler.settle(task, { status: 'executed', durationMs: task.activeMs, output: result.output })
  }
}

/** A cache that cannot keep a result costs time, not the run. */
async function store(
  cache: ResultCache,
  { plan }: Task,
  { output }: Extract<TaskResult, { kind: 'done' }>,
  emitter: Emitter,
): Promise<void> {
  try {
    const stored = cache.set(plan.key, output)
    if (stored instanceof Promise) await stored
  } catch (fault) {
    const { message } = toHostError(fault)
    emitter.node(plan, {
      type: 'node.logged',
      level: 'warning',
      message: `Its result could not be cached: ${message}`,
    })
  }
}

function listsFor(task: Task, { tasks }: Scheduler): InputLists {
  return gatherInputs(task.plan, (id, slot) => tasks.get(id)?.output?.lists[slot])
}

function resolveExpansion(task: Task, { tasks }: Scheduler): TaskResult {
  const { plan, expanded = [] } = task
  const lists = expanded.map((given, call) =>
    mergeReturns(
      plan.type,
      [given],
      (link) => tasks.get(idOf(plan, call, link))?.output?.lists[link.slot] ?? [],
    ),
  )
  const slots = plan.type.manifest.outputs.map((_, slot) => lists.flatMap((item) => item.lists[slot] ?? []))
  return { kind: 'done', output: { lists: slots }, keep: true }
}

/** Why a task ended without a failure of its own; undefined when it failed. */
function endOf(
  task: Task,
  thrown: unknown,
  { signal: outer, emitter }: RunServices,
  signal: AbortSignal,
): 'cancelled' | 'stopped' | undefined {
  if (!signal.aborted || (thrown !== signal.reason && toHostError(thrown).code !== 'CANCELLED'))
    return undefined
  const reason = outer.aborted ? 'cancelled' : 'stopped'
  if (task.started) emitter.node(task.plan, { type: 'node.skipped', reason })
  return reason
}

/** What a node threw, with its name in front: its own words are meant for the user. */
function nodeError(thrown: unknown, { id, node }: PlanNode): HostError {
  const error = toHostError(thrown, { nodeId: id })
  const code = error.code === 'INTERNAL' ? 'NODE_FAILED' : error.code
  return new HostError(code, `"${node.title}" (node ${id}) failed: ${error.message}`, {
    nodeId: id,
    cause: thrown,
    ...(error.path !== undefined && { path: error.path }),
  })
}
