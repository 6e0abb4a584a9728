import { expect, it } from 'vitest'
import { noCache } from '../caching/result-cache.ts'
import { planRun } from '../planning/plan-run.ts'
import { createRegistry } from '../registry.ts'
import { apiGraph } from '../testing/api-graph.ts'
import type { ShortNodes } from '../testing/api-graph.ts'
import { createDemoPack } from '../testing/demo-pack.ts'
import { createScheduler } from './scheduler.ts'
import type { Task } from './task.ts'

const registry = createRegistry([createDemoPack()])

function schedule(nodes: ShortNodes, targets: readonly string[]) {
  const plan = planRun(apiGraph(nodes, registry), registry, { targets, runId: 'r' })
  const told: string[] = []
  const emitter = {
    models: () => undefined,
    run: () => undefined,
    node: ({ id }: { readonly id: string }, { type }: { readonly type: string }) =>
      void told.push(`${type} ${id}`),
  }
  const scheduler = createScheduler(noCache, emitter, new Set(targets))
  scheduler.add(plan.nodes.values())
  const task = (id: string): Task => {
    const found = scheduler.tasks.get(id)
    if (found === undefined) throw new Error(id)
    return found
  }
  const finish = (id: string): void =>
    scheduler.settle(task(id), { status: 'executed', durationMs: 0, output: { lists: [[id]] } })
  return { scheduler, task, finish, told }
}

const CHAIN: ShortNodes = {
  1: ['Number', { value: 1 }],
  2: ['Add', { a: ['1', 0] }],
  3: ['Add', { a: ['2', 0], b: ['1', 0] }],
  4: ['Show', { value: ['3', 0] }],
}

it('X-12 lets results go when the last of those who need them has settled, but not those of targets', async () => {
  const { scheduler, task, finish } = schedule(CHAIN, ['4', '2'])
  await scheduler.demand([task('4'), task('2')])
  for (const id of ['1', '2']) finish(id)
  expect(task('1').output).toBeDefined()
  finish('3')
  expect(task('1').output).toBeUndefined()
  expect(task('2').output).toBeDefined()
  finish('4')
  expect(task('3').output).toBeUndefined()
})

it('X-12 computes a result again that was let go and is needed after all', async () => {
  const { scheduler, task, finish } = schedule(CHAIN, ['4'])
  await scheduler.demand([task('4')])
  expect(scheduler.next(true)?.plan.id).toBe('1')
  for (const id of ['1', '2', '3']) finish(id)
  scheduler.next(true)
  await scheduler.waitForExpansion(task('4'), ['1'])
  expect(task('1').state).toBe('ready')
  finish('1')
  expect(task('4').state).toBe('ready')
  finish('4')
  expect(scheduler.stuck()).toBeUndefined()
})

it('P-1 plans what the targets depend on, sources first, one branch after the other', () => {
  const nodes: ShortNodes = {
    9: ['Show', { value: ['8', 0] }],
    8: ['Add', { a: ['1', 0], b: ['2', 0] }],
    2: ['Add', { a: ['3', 0] }],
    1: ['Number', { value: 1 }],
    3: ['Number', { value: 3 }],
    4: ['Number', { value: 4 }],
    5: ['Show', { value: ['4', 0] }],
  }
  const order = (targets: readonly string[]) => [
    ...planRun(apiGraph(nodes, registry), registry, { targets, runId: 'r' }).nodes.keys(),
  ]
  expect(order(['9'])).toEqual(['1', '3', '2', '8', '9'])
  expect(order(['5', '8', '5'])).toEqual(['4', '5', '1', '3', '2', '8'])
})

it('P-2 picks outputs and concurrent nodes first, then what is near an output, then in the order of the plan', async () => {
  const nodes: ShortNodes = {
    1: ['Number', { value: 1 }],
    2: ['Add', { a: ['1', 0] }],
    3: ['Add', { a: ['2', 0] }],
    4: ['Show', { value: ['3', 0] }],
    5: ['Number', { value: 5 }],
    6: ['Show', { value: ['5', 0] }],
    7: ['Show', { value: 'x' }],
    8: ['Wait', { gate: 'g' }],
    9: ['Show', { value: ['8', 0] }],
    10: ['Number', { value: 10 }],
    11: ['Add', { a: ['10', 0] }],
    12: ['Show', { value: ['11', 0] }],
  }
  const { scheduler, task } = schedule(nodes, ['4', '6', '7', '9', '12'])
  await scheduler.demand(['4', '6', '7', '9', '12'].map(task))
  const order = Array.from({ length: 5 }, () => scheduler.next(true)?.plan.id)
  expect(order).toEqual(['8', '7', '5', '10', '1'])
  expect(scheduler.next(true)).toBeUndefined()
})

it('X-3 skips a node once, however many of its sources fail', async () => {
  const { scheduler, task, told } = schedule(CHAIN, ['4'])
  await scheduler.demand([task('4')])
  scheduler.settle(task('1'), { status: 'skipped', reason: 'stopped' })
  expect(told.toSorted()).toEqual(['node.skipped 2', 'node.skipped 3', 'node.skipped 4'])
})
