import { describe, expect, it } from 'vitest'
import { createMemoryCache } from '../index.ts'
import type { ResultCache } from '../index.ts'
import { createBench } from '../testing/api-graph.ts'
import { createResourceStore } from './resource-store.ts'
import { valueSize } from './value-size.ts'

/** Looks like a tensor; this package knows none. */
const floats = (length: number) => ({ dtype: 'float32', shape: [length], data: new Float32Array(length) })

const sum = (a: number, ids: readonly [string, string, string] = ['1', '2', '3']) =>
  ({
    [ids[0]]: ['Number', { value: a }],
    [ids[1]]: ['Add', { a: [ids[0], 0], b: [ids[0], 0] }],
    [ids[2]]: ['Show', { value: [ids[1], 0] }],
  }) as const

describe('C-4 a second run', () => {
  it('runs nothing, lists what is cached, and tells data for the user interface again', async () => {
    const { run, stage, events, told } = createBench({ cache: createMemoryCache() })
    await run(sum(1))
    const result = await run(sum(1))
    expect(stage.journal).toEqual([])
    expect(told()).toEqual(['run.started', 'node.cached 3', 'run.finished'])
    expect(events[0]).toMatchObject({ nodes: ['1', '2', '3'], cached: ['1', '2', '3'], targets: ['3'] })
    expect(events[1]).toMatchObject({ type: 'node.cached', ui: { text: ['2'] } })
    expect(result).toMatchObject({ status: 'finished' })
  })

  it('runs a new output on a cached branch alone', async () => {
    const { run, stage } = createBench({ cache: createMemoryCache() })
    await run(sum(1))
    await run({ ...sum(1), 4: ['Show', { value: ['2', 0], new: ['1', 0] }] })
    expect(stage.journal).toEqual(['Show 2'])
  })
})

describe('C-1 keys', () => {
  it('do not depend on ids, titles or the order of inputs', async () => {
    const { run, stage } = createBench({ cache: createMemoryCache() })
    await run(sum(1))
    await run(sum(1, ['x', 'y y', 'z.0']))
    expect(stage.journal).toEqual([])
  })

  it('change with everything upstream', async () => {
    const { run, stage } = createBench({ cache: createMemoryCache() })
    await run(sum(1))
    await run(sum(2))
    expect(stage.journal).toEqual(['Number 2', 'Add 2 2', 'Show 4'])
  })

  it('differ by type, slot and input', async () => {
    const { run, stage } = createBench({ cache: createMemoryCache() })
    await run({
      1: ['List', { count: 1, first: 1 }],
      2: ['Show', { value: ['1', 0] }],
      3: ['Show', { value: ['1', 1] }],
      4: ['Show', { value: '1' }],
      5: ['Show', { value: 1 }],
      6: ['Show', { value: true }],
      7: ['Show', { value: { __value__: [1] } }],
    })
    expect(stage.journal).toHaveLength(6)
  })
})

it('C-2 a node that is not idempotent runs once in each place', async () => {
  const { run, stage } = createBench({ cache: createMemoryCache() })
  await run({
    1: ['Anywhere'],
    2: ['Anywhere'],
    3: ['Add', { a: ['1', 0], b: ['2', 0] }],
    4: ['Show', { value: ['3', 0] }],
  })
  expect(stage.journal.slice(0, 2)).toEqual(['Anywhere 1', 'Anywhere 2'])
})

it('C-3 a fingerprint is part of the key; without one nothing downstream is cached', async () => {
  const { run, stage } = createBench({ cache: createMemoryCache() })
  const nodes = { 1: ['World', { name: 'n' }], 2: ['Show', { value: ['1', 0] }] } as const
  await run(nodes)
  await run(nodes)
  expect(stage.journal).toEqual([])
  stage.world = 'w1'
  await run(nodes)
  expect(stage.journal).toEqual(['World w1', 'Show 7'])
  for (const world of ['unreadable', 'unreadable', Number.NaN, Number.NaN]) {
    stage.world = world
    await run(nodes)
    expect(stage.journal).toEqual([`World ${world}`, 'Show 7'])
  }
  stage.world = 'w0'
  await run(nodes)
  expect(stage.journal).toEqual([])
})

it('C-3 a fingerprint is asked for once per node and run, and sees no linked settings', async () => {
  const { run, stage } = createBench({ cache: createMemoryCache() })
  const nodes = {
    1: ['Words', { text: 'n' }],
    2: ['World', { name: ['1', 0] }],
    3: ['World', { name: 'm' }],
    4: ['Show', { value: ['2', 0], more: ['3', 0], again: ['3', 0] }],
  } as const
  await run(nodes)
  expect(stage.asked).toBe(2)
  stage.world = 'w1'
  await run(nodes)
  // The linked one gave null, whatever the world was.
  expect(stage.journal).toEqual(['World w1', 'Show 7'])
  expect(stage.asked).toBe(4)
})

it('C-6 equal nodes run once', async () => {
  const { run, stage, events } = createBench()
  const result = await run({
    1: ['Number', { value: 4 }],
    2: ['Number', { value: 4 }],
    3: ['Add', { a: ['1', 0], b: ['2', 0] }],
    4: ['Show', { value: ['3', 0] }],
    5: ['Fail', { message: 'm' }],
    6: ['Fail', { message: 'm' }],
    7: ['Show', { value: ['6', 0], more: ['5', 0] }],
  })
  expect(stage.journal).toEqual(['Number 4', 'Add 4 4', 'Show 8'])
  expect(events.filter(({ type }) => type === 'node.cached')).toMatchObject([{ nodeId: '2' }])
  expect(result).toMatchObject({ status: 'failed', failed: ['6'] })
})

it('C-7 what finished before a failure stays', async () => {
  const { run, stage } = createBench({ cache: createMemoryCache() })
  const nodes = {
    1: ['Number', { value: 1 }],
    2: ['Add', { a: ['1', 0] }],
    3: ['Fail', { value: ['2', 0], message: 'm' }],
    4: ['Show', { value: ['3', 0] }],
  } as const
  await run(nodes)
  await run(nodes)
  expect(stage.journal).toEqual([])
})

describe('C-5 the memory cache', () => {
  const put = (cache: ResultCache, key: string, length: number) =>
    cache.set(key, { lists: [[floats(length)]] }, { owner: key, isOutput: false, bytes: 4 * length })

  it('stays within its bytes, and drops the least recently used', async () => {
    const cache = createMemoryCache({ maxBytes: 10_000 })
    for (const key of ['a', 'b', 'c']) await put(cache, key, 700)
    expect(cache.get('a', 'a')).toBeDefined()
    await put(cache, 'd', 700)
    expect(['a', 'b', 'c', 'd'].map((key) => cache.has(key))).toEqual([true, false, true, true])
    expect(cache.usage().bytes).toBeLessThanOrEqual(10_000)
    await put(cache, 'huge', 5000)
    expect(cache.has('huge')).toBe(false)
    expect(cache.usage().entries).toBe(3)
    await put(cache, 'a', 1)
    await cache.clear()
    expect(cache.usage()).toEqual({ entries: 0, bytes: 0 })
  })

  it('counts buffers once, and objects of classes hardly at all', () => {
    const tensor = floats(1000)
    expect(valueSize([tensor, tensor])).toBeLessThan(4300)
    expect(valueSize([tensor])).toBeGreaterThan(4000)
    expect(valueSize(new Map([[1, tensor]]))).toBeLessThan(100)
    const loop: unknown[] = []
    loop.push(loop)
    expect(valueSize(loop)).toBeLessThan(100)
  })

  it('may be slow, or fail: the run goes on', async () => {
    const inner = createMemoryCache()
    const slow: ResultCache = {
      has: async (key) => inner.has(key),
      get: async (key, owner) => inner.get(key, owner),
      set: async (key, output, facts) => {
        if (inner.usage().entries > 1) throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
        await inner.set(key, output, facts)
      },
      clear: async () => inner.clear(),
    }
    const { run, stage, events } = createBench({ cache: slow })
    expect((await run(sum(1))).status).toBe('finished')
    expect(events.find(({ type }) => type === 'node.logged')).toMatchObject({ nodeId: '3', level: 'warning' })
    await run(sum(1))
    expect(stage.journal).toEqual(['Show 2'])
  })
})

describe('createResourceStore', () => {
  it('makes things once, forgets failures, and disposes the least recently used first', async () => {
    const store = createResourceStore()
    const disposed: string[] = []
    let made = 0
    const make = (name: string, bytes: number) => () => {
      made++
      return Promise.resolve({ value: name, bytes, dispose: () => void disposed.push(name) })
    }
    expect(
      await Promise.all([store.resource('a', make('a', 10)), store.resource('a', make('a', 10))]),
    ).toEqual(['a', 'a'])
    expect(made).toBe(1)
    await expect(store.resource('bad', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await store.resource('bad', make('good', 5))).toBe('good')
    await store.resource('b', make('b', 10))
    await store.resource('a', make('a', 10))
    expect(store.usage()).toEqual({ entries: 3, bytes: 25 })
    await store.trim(20)
    expect(disposed).toEqual(['good'])
    await store.dispose()
    expect(disposed).toEqual(['good', 'b', 'a'])
    expect(store.usage()).toEqual({ entries: 0, bytes: 0 })
  })
})
