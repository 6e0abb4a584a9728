import { describe, expect, it } from 'vitest'
import { createMemoryCache, createTieredCache, noCache } from '../index.ts'
import type { NodeOutput, ResultCache } from '../index.ts'
import { createBench } from '../testing/api-graph.ts'

const sum = (a: number) =>
  ({
    1: ['Number', { value: a }],
    2: ['Add', { a: ['1', 0], b: 1 }],
    3: ['Show', { value: ['2', 0] }],
  }) as const
const everything = (a: number) => [`Number ${a}`, `Add ${a} 1`, `Show ${a + 1}`]

describe('C-8 policies', () => {
  it('none keeps nothing', async () => {
    const { run, stage } = createBench({ cache: noCache })
    await run(sum(1))
    await run(sum(1))
    expect(stage.journal).toEqual(everything(1))
  })

  it('classic keeps what the last run used, and nothing else', async () => {
    const { run, stage } = createBench({ cache: createMemoryCache({ lastRunOnly: true }) })
    await run(sum(1))
    await run(sum(1))
    expect(stage.journal).toEqual([])
    await run({ ...sum(1), 4: ['Number', { value: 9 }], 5: ['Show', { value: ['4', 0] }] })
    expect(stage.journal).toEqual(['Number 9', 'Show 9'])
    await run(sum(2))
    await run(sum(1))
    expect(stage.journal).toEqual(everything(1))
  })

  it('classic keeps what an expansion of a node of the last run computed', async () => {
    const { run, stage } = createBench({ cache: createMemoryCache({ lastRunOnly: true }) })
    const loop = { 1: ['Countdown', { from: 3 }], 2: ['Show', { value: ['1', 0] }] } as const
    const broken = {
      ...loop,
      3: ['Fail', { value: ['1', 0], message: 'm' }],
      4: ['Show', { value: ['3', 0] }],
    } as const
    await run(broken)
    await run(broken)
    expect(stage.journal).toEqual([])
    await run(loop)
    expect(stage.journal).toEqual([])
  })

  it('lru keeps a number of results, the most recently used ones', async () => {
    const { run, stage } = createBench({ cache: createMemoryCache({ maxEntries: 4 }) })
    await run(sum(1))
    await run(sum(2))
    await run(sum(1))
    // Of the six results four are left: all of the second run, and the last one of the first.
    expect(stage.journal).toEqual([])
    await run({ ...sum(1), 3: ['Show', { value: ['2', 0], new: true, other: ['1', 0] }] })
    expect(stage.journal).toContain('Number 1')
  })

  it('bytes keeps what fits', async () => {
    const cache = createMemoryCache({ maxBytes: 1 })
    const { run, stage } = createBench({ cache })
    await run(sum(1))
    await run(sum(1))
    expect(stage.journal).toEqual(everything(1))
    expect(cache.usage()).toEqual({ entries: 0, bytes: 0 })
  })

  it('clearing makes the next run compute everything', async () => {
    const cache = createMemoryCache()
    const { run, stage } = createBench({ cache })
    await run(sum(1))
    await cache.clear()
    await run(sum(1))
    expect(stage.journal).toEqual(everything(1))
  })
})

describe('C-9 a cache behind a cache', () => {
  const slow = (): ResultCache & { readonly entries: Map<string, NodeOutput> } => {
    const entries = new Map<string, NodeOutput>()
    return {
      entries,
      has: async (key) => entries.has(key),
      get: async (key) => entries.get(key),
      set: async (key, output) => void entries.set(key, output),
      clear: async () => entries.clear(),
    }
  }

  it('finds in the second what the first has not, and takes it from there once', async () => {
    const back = slow()
    const first = createBench({ cache: createTieredCache(createMemoryCache(), back) })
    await first.run(sum(1))
    expect(back.entries.size).toBe(3)
    const front = createMemoryCache()
    const { run, stage, events } = createBench({ cache: createTieredCache(front, back) })
    await run({ ...sum(1), 4: ['Show', { value: ['2', 0], new: true, other: ['1', 0] }] })
    expect(events[0]).toMatchObject({ cached: ['1', '2', '3'] })
    expect(stage.journal).toEqual(['Show 2'])
    back.entries.clear()
    await run({ ...sum(1), 3: ['Add', { a: ['2', 0], b: 7 }] }, { targets: ['3'] })
    expect(stage.journal).toEqual(['Add 2 7'])
  })

  it('clears both', async () => {
    const back = slow()
    const cache = createTieredCache(createMemoryCache(), back)
    const { run, stage } = createBench({ cache })
    await run(sum(1))
    await cache.clear()
    await run(sum(1))
    expect(stage.journal).toEqual(everything(1))
  })
})

it('C-5 a cache that cannot be read costs a warning', async () => {
  const refuse = (): never => {
    throw new Error('no such disk')
  }
  const { run, stage, events } = createBench({ cache: { ...noCache, has: refuse, get: refuse } })
  expect((await run(sum(1))).status).toBe('finished')
  expect(stage.journal).toEqual(everything(1))
  expect(events.filter(({ type }) => type === 'node.logged')).toHaveLength(3)
})
