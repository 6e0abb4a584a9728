/**
 * Decides which tasks are needed and which can start (SPEC X-1 … X-4). It calls no node: it moves tasks from idle
 * over waiting and ready to settled, tells what it did, and drops results that nobody needs any more.
 */
import { HostError, toHostError } from '@dicache/protocol'
import type { NodeOutput, ResultCache } from '../caching/result-cache.ts'
import type { PlanNode } from '../planning/plan-run.ts'
import type { Emitter } from './emitter.ts'
import { createReadyQueue } from './ready-queue.ts'
import { createTask, endedAs, forgetValues, gaveValues, uiOf } from './task.ts'
import type { Outcome, Task } from './task.ts'

/** The scheduler of one run. */
export type Scheduler = {
  readonly tasks: ReadonlyMap<string, Task>
  /** Adds planned nodes, sources first, those of an expansion with its task; nothing is demanded yet. */
  readonly add: (nodes: Iterable<PlanNode>, parent?: Task) => void
  /** Makes sure that these tasks get done, and what they need. */
  readonly demand: (tasks: Iterable<Task>) => Promise<void>
  /** Lets a task wait again, for the lazy inputs that it asked for. */
  readonly waitAgain: (task: Task) => Promise<void>
  /** Lets a task wait for what its expansion's outputs link to. Its own inputs, it needs no more. */
  readonly waitForExpansion: (task: Task, sources: readonly string[]) => Promise<void>
  /** The next task to start; without `exclusive` only one that may run beside others. */
  readonly next: (exclusive: boolean) => Task | undefined
  readonly settle: (task: Task, outcome: Outcome) => void
  /** When nothing runs and nothing is ready: a task that waits for itself, the one whose expansion made it so. */
  readonly stuck: () => Task | undefined
}

/** Makes a scheduler. `keep` names the tasks whose results stay until the run's end. */
export function createScheduler(cache: ResultCache, emitter: Emitter, keep: ReadonlySet<string>): Scheduler {
  const tasks = new Map<string, Task>()
  const leaders = new Map<string, Task>()
  const exclusive = createReadyQueue()
  const concurrent = createReadyQueue()
  const settling: (readonly [Task, Outcome])[] = []
  const waiting = new Set<Task>()
  let isSettling = false

  const add = (nodes: Iterable<PlanNode>, parent?: Task): void => {
    const added = [...nodes].map(createTask)
    if (parent !== undefined) parent.inner = added
    for (const task of added) tasks.set(task.plan.id, task)
    for (const task of added) holdSources(task, tasks)
  }

  const demand = async (wanted: Iterable<Task>): Promise<void> => {
    const stack = [...wanted].reverse()
    for (let task = stack.pop(); task !== undefined; task = stack.pop()) {
      if (task.state !== 'idle') continue
      task.state = 'waiting'
      waiting.add(task)
      const leader = leaders.get(task.plan.key)
      const isGone = leader?.state === 'settled' && leader.output === undefined
      const isFirst = leader === undefined || leader === task || isGone
      if (isFirst) leaders.set(task.plan.key, task)
      const found = isFirst ? await lookUp(task.plan) : leader.output
      if (found !== undefined) {
        settleCached(task, found)
        continue
      }
      task.leader = isFirst ? undefined : leader
      const sources = isFirst ? neededSources(task, tasks) : [leader]
      for (const source of waitOn(task, sources).toReversed()) stack.push(source)
    }
  }

  // A node whose result may not be kept has a key of this run only: it is found when the run was taken up again.
  const lookUp = async (plan: PlanNode): Promise<NodeOutput | undefined> => {
    try {
      const found = cache.get(plan.key, plan.owner)
      return found instanceof Promise ? await found : found
    } catch (fault) {
      const message = `The cache could not be read: ${toHostError(fault).message}`
      emitter.node(plan, { type: 'node.logged', level: 'warning', message })
      return undefined
    }
  }

  /** Registers what a task waits for; gives the sources that nobody demanded yet. */
  const waitOn = (task: Task, sources: readonly Task[]): readonly Task[] => {
    const idle: Task[] = []
    task.waitingFor = 0
    for (const source of new Set(sources)) {
      if (source.state === 'settled') {
        if (source.output !== undefined) continue
        if (!gaveValues(source)) {
          skipAfter(task, source)
          return []
        }
        // Its result was let go, and is needed again.
        if (source.spent) throw spentError(source)
        source.state = 'idle'
        source.expanded = undefined
        holdSources(source, tasks)
      }
      if (source.state === 'idle') idle.push(source)
      source.dependents.add(task)
      task.waitingFor++
    }
    if (task.waitingFor === 0) becomeReady(task)
    return idle
  }

  const waitAgain = async (task: Task): Promise<void> => {
    task.state = 'waiting'
    waiting.add(task)
    await demand(waitOn(task, neededSources(task, tasks)))
  }

  const waitForExpansion = async (task: Task, ids: readonly string[]): Promise<void> => {
    task.state = 'waiting'
    waiting.add(task)
    const sources = ids.flatMap((id) => tasks.get(id) ?? [])
    for (const source of sources) source.uses++
    // A loop is a chain of expansions that all wait for the last one: none may hold what went into it until then.
    letGo(task.holds.splice(0, task.holds.length, ...sources))
    forgetValues(task)
    forgetTurn(task)
    await demand(waitOn(task, sources))
  }

  /** When a node of an expansion expands in its turn, what its neighbours were is not asked for any more. */
  const forgetTurn = ({ plan: { parentId } }: Task): void => {
    const parent = parentId === undefined ? undefined : tasks.get(parentId)
    if (parent === undefined) return
    for (const neighbour of parent.inner) {
      const { state, uses, output, plan } = neighbour
      if (state !== 'settled' || uses > 0 || output !== undefined || mustStay(neighbour)) continue
      if (!gaveValues(neighbour)) continue
      tasks.delete(plan.id)
      if (leaders.get(plan.key) === neighbour) leaders.delete(plan.key)
    }
    parent.inner = parent.inner.filter(({ state }) => state !== 'settled')
  }

  const letGo = (sources: readonly Task[]): void => {
    for (const source of sources) {
      if (--source.uses > 0 || source.state !== 'settled' || mustStay(source)) continue
      source.output = undefined
      forgetValues(source)
    }
  }
  const mustStay = ({ plan }: Task): boolean => keep.has(plan.id) || plan.type.manifest.output

  const becomeReady = (task: Task): void => {
    waiting.delete(task)
    if (task.leader?.output !== undefined) {
      settleCached(task, task.leader.output)
      return
    }
    task.state = 'ready'
    ;(task.plan.type.manifest.concurrent ? concurrent : exclusive).push(task)
  }

  const settleCached = (task: Task, output: NodeOutput): void => {
    if (output.models !== undefined) emitter.models(output.models)
    settle(task, { status: 'cached', output })
  }

  const skipAfter = (task: Task, source: Task): void => {
    const outcome = source.outcome
    const reason = outcome?.status === 'skipped' ? outcome.reason : 'upstream-failed'
    const cause = (outcome?.status === 'skipped' ? outcome.cause : undefined) ?? source.plan.id
    settle(task, { status: 'skipped', reason, cause })
  }

  /** Settling one task may settle others; a list instead of recursion, because chains may be long. */
  const settle = (first: Task, firstOutcome: Outcome): void => {
    settling.push([first, firstOutcome])
    if (isSettling) return
    isSettling = true
    try {
      for (const [task, outcome] of settling) if (task.state !== 'settled') settleOne(task, outcome)
    } finally {
      settling.length = 0
      isSettling = false
    }
  }

  const settleOne = (task: Task, outcome: Outcome): void => {
    task.state = 'settled'
    task.outcome = endedAs(outcome)
    task.output = 'output' in outcome ? outcome.output : undefined
    task.expanded = undefined
    waiting.delete(task)
    if (outcome.status === 'cached') emitter.node(task.plan, { type: 'node.cached', ...uiOf(outcome.output) })
    if (outcome.status === 'skipped' && outcome.cause !== undefined) {
      emitter.node(task.plan, { type: 'node.skipped', reason: outcome.reason, cause: outcome.cause })
    }
    for (const dependent of task.dependents) {
      if (dependent.state !== 'waiting') continue
      if (task.output === undefined) skipAfter(dependent, task)
      else if (--dependent.waitingFor === 0) becomeReady(dependent)
    }
    task.dependents.clear()
    // What went into a node that did not get done stays: the run may be taken up again.
    if (task.output !== undefined) letGo(task.holds.splice(0))
  }

  return {
    tasks,
    add,
    demand,
    waitAgain,
    waitForExpansion,
    settle,
    next: (withExclusive) => concurrent.pop() ?? (withExclusive ? exclusive.pop() : undefined),
    stuck: () => findStuck(waiting, tasks),
  }
}

/** Goes from a waiting task to what it waits for until it comes back to where it was. */
function findStuck(waiting: ReadonlySet<Task>, tasks: ReadonlyMap<string, Task>): Task | undefined {
  const waitsFor = new Map<Task, Task>()
  for (const source of tasks.values())
    for (const dependent of source.dependents) waitsFor.set(dependent, source)
  const way: Task[] = []
  const seen = new Set<Task>()
  let [task] = waiting
  for (; task !== undefined && !seen.has(task); task = waitsFor.get(task)) {
    seen.add(task)
    way.push(task)
  }
  const cycle = task === undefined ? way : way.slice(way.indexOf(task))
  return cycle.find(({ expanded }) => expanded !== undefined) ?? cycle[0]
}

/** Keeps the results of a task's sources until it settles. */
function holdSources(task: Task, tasks: ReadonlyMap<string, Task>): void {
  for (const [name, input] of task.plan.node.inputs) {
    const source = input.kind === 'link' ? tasks.get(input.from) : undefined
    if (source === undefined) continue
    source.uses++
    // What is behind a raw link may be asked for at any time: it is never let go.
    if (!isRaw(task, name)) task.holds.push(source)
  }
}

/** The sources that a task cannot start without: not those behind raw links, nor lazy ones that were not asked for. */
function neededSources(task: Task, tasks: ReadonlyMap<string, Task>): readonly Task[] {
  const { node, type } = task.plan
  const sources: Task[] = []
  for (const [name, input] of node.inputs) {
    if (input.kind !== 'link' || isRaw(task, name)) continue
    const declared = type.ports.get(name) ?? type.params.get(name)
    if (declared?.lazy && !task.requested.has(name)) continue
    const source = tasks.get(input.from)
    if (source !== undefined) sources.push(source)
  }
  return sources
}

function isRaw(task: Task, name: string): boolean {
  return task.plan.type.ports.get(name)?.rawLink === true
}

function spentError({ plan }: Task): HostError {
  return new HostError(
    'EXPANSION_FAILED',
    `Its expansion links to node ${plan.id}, whose result was let go with the values it was made from. Give the node an input that takes the link itself (rawLink): that keeps the result.`,
  )
}
