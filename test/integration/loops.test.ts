import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { Host } from '@dicache/host'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runGraph, testHome } from './run-graph.ts'

let home = ''
let host: Host
beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'loops-'))
  host = await testHome(home)
})
afterAll(async () => {
  await host.dispose()
  await rm(home, { recursive: true, force: true })
})

type Nodes = Readonly<Record<string, readonly [type: string, inputs: Readonly<Record<string, unknown>>]>>

async function valueOf(nodes: Nodes, target: string): Promise<unknown> {
  const document = Object.fromEntries(
    Object.entries(nodes).map(([id, [type, inputs]]) => [id, { class_type: type, inputs }]),
  )
  const run = await runGraph(host, document as Parameters<typeof runGraph>[1], { targets: [target] })
  return run.status === 'finished' ? run.value(target) : run.error
}

describe('counted loops', () => {
  /** 1 + 0 + 1 + … + (count − 1), and a node outside that every pass uses. */
  const sum = (count: unknown): Nodes => ({
    ten: ['PrimitiveInt', { value: 10 }],
    start: ['PrimitiveInt', { value: 1 }],
    open: ['ForLoopOpen', { count, initial_value1: ['start', 0], initial_value2: ['ten', 0] }],
    add: ['MathInt', { a: ['open', 2], b: ['open', 1], operation: 'add' }],
    scaled: ['MathInt', { a: ['add', 0], b: ['ten', 0], operation: 'multiply' }],
    close: ['ForLoopClose', { flow: ['open', 0], value1: ['add', 0], value3: ['scaled', 0] }],
    shown: ['AnyToString', { value: ['close', 0] }],
    kept: ['AnyToString', { value: ['close', 1] }],
    last: ['AnyToString', { value: ['close', 2] }],
  })

  it.each([
    [0, '1', '10', 'None'],
    [1, '1', '10', '10'],
    [4, '7', '10', '70'],
    [300, '44851', '10', '448510'],
  ])('%i passes', async (count, shown, kept, last) => {
    expect(await valueOf(sum(count), 'shown')).toBe(shown)
    expect(await valueOf(sum(count), 'kept')).toBe(kept)
    expect(await valueOf(sum(count), 'last')).toBe(last)
  })

  it('takes its count from a link, and loops once for each item of a list', async () => {
    expect(await valueOf({ ...sum(['n', 0]), n: ['PrimitiveInt', { value: 4 }] }, 'shown')).toBe('7')
    const listed: Nodes = {
      ...sum(3),
      start: ['RangeList', { start: 0, stop: 3 }],
      all: ['ListPack', { list: ['close', 0] }],
      text: ['AnyToString', { value: ['all', 0] }],
    }
    expect(JSON.parse(String(await valueOf(listed, 'text')))).toEqual([3, 4, 5])
  })

  it('loops inside a loop', async () => {
    const nested: Nodes = {
      outer: ['ForLoopOpen', { count: 3, initial_value1: ['zero', 0] }],
      zero: ['PrimitiveInt', { value: 0 }],
      inner: ['ForLoopOpen', { count: ['outer', 1], initial_value1: ['outer', 2] }],
      add: ['MathInt', { a: ['inner', 2], b: ['outer', 1], operation: 'add' }],
      innerEnd: ['ForLoopClose', { flow: ['inner', 0], value1: ['add', 0] }],
      one: ['MathInt', { a: ['innerEnd', 0], b: 100, operation: 'add' }],
      outerEnd: ['ForLoopClose', { flow: ['outer', 0], value1: ['one', 0] }],
      shown: ['AnyToString', { value: ['outerEnd', 0] }],
    }
    // 0·0 + 1·1 + 2·2, and 100 a pass.
    expect(await valueOf(nested, 'shown')).toBe('305')
  })

  it('runs nodes outside once', async () => {
    const nodes = sum(5)
    const document = Object.fromEntries(
      Object.entries(nodes).map(([id, [type, inputs]]) => [id, { class_type: type, inputs }]),
    )
    const { events } = await runGraph(host, document as Parameters<typeof runGraph>[1], { targets: ['last'] })
    const started = events.filter((event) => event.type === 'node.started').map(({ nodeId }) => nodeId)
    expect(started.filter((id) => id === 'ten').length).toBeLessThan(2)
    expect(new Set(started).size).toBe(started.length)
  })
})

describe('loops with a condition', () => {
  /** Doubles until it is above 100. */
  const doubling = (
    start: number,
    more: Readonly<Record<string, unknown>> = {},
    first: unknown = true,
  ): Nodes => ({
    start: ['PrimitiveInt', { value: start }],
    open: ['WhileLoopOpen', { condition: first, initial_value1: ['start', 0] }],
    twice: ['MathInt', { a: ['open', 2], b: 2, operation: 'multiply' }],
    test: ['CompareValues', { a: ['twice', 0], b: 100, comparison: 'less' }],
    close: ['WhileLoopClose', { flow: ['open', 0], condition: ['test', 0], value1: ['twice', 0], ...more }],
    shown: ['AnyToString', { value: ['close', 0] }],
  })

  it.each([
    [3, {}, true, '192'],
    [60, {}, true, '120'],
    [60, {}, false, '60'],
  ])('from %i, %j, first %s', async (start, more, first, wanted) => {
    expect(await valueOf(doubling(start, more, first), 'shown')).toBe(wanted)
  })

  it('gives up after its most passes', async () => {
    expect(await valueOf(doubling(0, { max_passes: 20 }), 'shown')).toMatch(/still goes on after 20 passes/)
  })
})

describe('choosing', () => {
  it('computes one branch of a switch, and says when an index has none', async () => {
    const nodes = (index: number): Nodes => ({
      bad: ['MathInt', { a: 1, b: 0, operation: 'divide' }],
      good: ['PrimitiveInt', { value: 5 }],
      pick: ['IndexSwitch', { index, value0: ['bad', 0], value1: ['good', 0] }],
      shown: ['AnyToString', { value: ['pick', 0] }],
    })
    expect(await valueOf(nodes(1), 'shown')).toBe('5')
    expect(await valueOf(nodes(0), 'shown')).toMatch(/no finite result/)
    expect(await valueOf(nodes(2), 'shown')).toMatch(/nothing is connected to value2/)
  })
})
