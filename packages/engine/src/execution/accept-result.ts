/** Takes what a node gave: settles its task, or lets it wait for more (SPEC ). */
import { toHostError } from '@dicache/protocol'
import { Expansion } from '@dicache/sdk'
import type { NodeOutput } from '../caching/result-cache.ts'
import { valueSize } from '../caching/value-size.ts'
import type { PlanNode } from '../planning/plan-run.ts'
import type { Hasher } from '../planning/sha256.ts'
import type { TaskResult } from './execute-task.ts'
import { expandTask, idOf } from './expand-task.ts'
import { mergeReturns } from './merge-returns.ts'
import type { RunServices } from './run-services.ts'
import type { Scheduler } from './scheduler.ts'
import { uiOf } from './task.ts'
import type { CallReturn, Task } from './task.ts'
import { usedModels, withModels } from './used-models.ts'

/** @throws EXPANSION_FAILED and what else makes a result unusable: the node has failed then. */
export async function acceptResult(
  task: Task,
  result: TaskResult,
  scheduler: Scheduler,
  services: RunServices,
): Promise<void> {
  const { plan } = task
  const { emitter } = services
  switch (result.kind) {
    case 'needs':
      task.requested = new Set([...task.requested, ...result.inputs])
      return scheduler.waitAgain(task)
    case 'blocked':
      emitter.node(plan, { type: 'node.skipped', reason: 'blocked' })
      scheduler.settle(task, { status: 'blocked', output: withModels(result.output, task, scheduler.tasks) })
      return
    case 'expanded': {
      const planned = (id: string): PlanNode | undefined => scheduler.tasks.get(id)?.plan
      const { nodes, sources } = await expandTask(plan, result.returns, { ...services, planned })
      emitter.node(plan, { type: 'node.expanded', nodes: nodes.map(({ id }) => id) })
      task.models = usedModels(task, scheduler.tasks)
      task.expanded = result.returns.map(outputsOnly)
      scheduler.add(nodes, task)
      await scheduler.waitForExpansion(task, sources)
      const outputs = nodes.filter(({ type }) => type.manifest.output)
      return scheduler.demand(outputs.flatMap(({ id }) => scheduler.tasks.get(id) ?? []))
    }
    case 'done': {
      const output = withModels(result.output, task, scheduler.tasks)
      const resultBytes = valueSize([output.lists, output.ui])
      if (plan.cacheable && result.keep) await store(plan, output, resultBytes, services)
      const processBytes = services.processBytes?.()
      emitter.node(plan, {
        type: 'node.finished',
        durationMs: task.activeMs,
        memory: { resultBytes, ...(processBytes !== undefined && { processBytes }) },
        ...uiOf(output),
      })
      scheduler.settle(task, { status: 'executed', durationMs: task.activeMs, output })
    }
  }
}

/** The result of an expanded node whose links are computed. */
export function resolveExpansion(task: Task, { tasks }: Scheduler, hash: Hasher): TaskResult {
  const { plan, expanded = [] } = task
  const lists = expanded.map((given, call) =>
    mergeReturns(
      plan.type,
      [given],
      (link) => tasks.get(idOf(plan, call, link, hash))?.output?.lists[link.slot] ?? [],
    ),
  )
  const slots = plan.type.manifest.outputs.map((_, slot) => lists.flatMap((item) => item.lists[slot] ?? []))
  return { kind: 'done', output: { lists: slots }, keep: true }
}

/** The nodes of an expansion are tasks now: the values in them must not live as long as this task does. */
function outputsOnly(given: CallReturn): CallReturn {
  return given instanceof Expansion ? new Expansion({}, given.outputs) : given
}

/** A cache that cannot keep a result costs time, not the run. */
async function store(
  plan: PlanNode,
  output: NodeOutput,
  bytes: number,
  { cache, emitter }: RunServices,
): Promise<void> {
  try {
    const stored = cache.set(plan.key, output, {
      owner: plan.owner,
      isOutput: plan.type.manifest.output,
      bytes,
    })
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
