/** Executes a plan: starts what is ready, takes what is finished, until nothing is left (SPEC X-1 … X-12). */
import { HostError } from '@dicache/protocol'
import type { NodeOutput } from '../caching/result-cache.ts'
import type { Plan } from '../planning/plan-run.ts'
import { acceptResult, resolveExpansion } from './accept-result.ts'
import { describeInputs } from './describe-inputs.ts'
import { executeTask } from './execute-task.ts'
import type { TaskResult } from './execute-task.ts'
import { gatherInputs } from './gather-inputs.ts'
import type { InputLists } from './gather-inputs.ts'
import { viewNode } from './view-node.ts'
import { errorTypeOf, isAbort, nodeError } from './node-error.ts'
import { createReporter } from './reporter.ts'
import type { RunServices } from './run-services.ts'
import { createScheduler } from './scheduler.ts'
import type { Scheduler } from './scheduler.ts'
import type { Task } from './task.ts'
import { watchModels } from './used-models.ts'

/** How the tasks of a run ended. */
export type PlanResult = {
  readonly tasks: ReadonlyMap<string, Task>
  /** Failures in the order in which they happened. */
  readonly failed: readonly { readonly id: string; readonly error: HostError }[]
  /** Whether the run was cancelled before everything was done. */
  readonly cancelled: boolean
  /** The results that are still there, by key: what a retry need not compute. */
  readonly results: () => ReadonlyMap<string, NodeOutput>
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
  const inner: RunServices = { ...services, signal }
  const finished: Finished[] = []
  const failed: { readonly id: string; readonly error: HostError }[] = []
  let running = 0
  let exclusive = false
  let wake: () => void = () => undefined
  let turnEndsAt = performance.now() + TURN_MS

  const launch = (task: Task): void => {
    const isConcurrent = task.plan.type.manifest.concurrent === true
    task.state = 'running'
    running++
    if (!isConcurrent) exclusive = true
    void workOn(task, scheduler, inner).then((entry) => {
      running--
      if (!isConcurrent) exclusive = false
      finished.push(entry)
      wake()
    })
  }
  const fail = (task: Task, thrown: unknown): void => {
    if (isAbort(thrown, signal)) {
      const reason = outer.aborted ? 'cancelled' : 'stopped'
      if (task.started) emitter.node(task.plan, { type: 'node.skipped', reason })
      scheduler.settle(task, { status: 'skipped', reason })
      return
    }
    const error = nodeError(thrown, task.plan)
    failed.push({ id: task.plan.id, error })
    emitter.node(task.plan, {
      type: 'node.failed',
      durationMs: task.activeMs,
      error: error.toJSON(),
      errorType: errorTypeOf(thrown),
      inputs: describeInputs(listsFor(task, scheduler)),
    })
    scheduler.settle(task, { status: 'failed', durationMs: task.activeMs, error })
    if (services.onFailure === 'stop') stop.abort(new HostError('CANCELLED', 'Another node failed.'))
  }
  const take = async (entry: Finished): Promise<void> => {
    if ('thrown' in entry) return fail(entry.task, entry.thrown)
    try {
      await acceptResult(entry.task, entry.result, scheduler, inner)
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
  return {
    tasks: scheduler.tasks,
    failed,
    cancelled: outer.aborted && [...scheduler.tasks.values()].some(isUndone),
    results: () => resultsOf(scheduler.tasks),
  }
}

/** Runs a task's node, and measures it. */
async function workOn(task: Task, scheduler: Scheduler, services: RunServices): Promise<Finished> {
  const { plan } = task
  const { emitter, signal, hidden, encodePreview, previews } = services
  const startedAtMs = performance.now()
  const report = createReporter(plan, { emitter, signal, previews, ...(encodePreview && { encodePreview }) })
  const watched = watchModels(task, services)
  try {
    signal.throwIfAborted()
    if (task.expanded !== undefined) return { task, result: resolveExpansion(task, scheduler, services.hash) }
    const result = await executeTask(task, listsFor(task, scheduler), {
      host: watched.host,
      signal,
      report,
      hidden: hidden(plan.id, (id) => viewNode(scheduler.tasks.get(id)?.plan)),
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
    watched.end()
    await report.close()
    task.activeMs += performance.now() - startedAtMs
  }
}

function listsFor(task: Task, { tasks }: Scheduler): InputLists {
  return gatherInputs(task.plan, (id, slot) => tasks.get(id)?.output?.lists[slot])
}

function isUndone({ state, outcome }: Task): boolean {
  return outcome?.status === 'skipped'
    ? outcome.reason === 'cancelled'
    : state === 'waiting' || state === 'ready'
}

function resultsOf(tasks: ReadonlyMap<string, Task>): ReadonlyMap<string, NodeOutput> {
  const results = new Map<string, NodeOutput>()
  for (const { plan, output, outcome } of tasks.values()) {
    if (output !== undefined && outcome?.status !== 'blocked') results.set(plan.key, output)
  }
  return results
}
