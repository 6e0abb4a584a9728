import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { createMemoryCache, noCache } from '../index.ts'
import { createBench, shownTexts } from '../testing/api-graph.ts'

/** A turn makes 3 MB; a handful of turns may be on their way at any time. */
const TURNS_BYTES = 10 * 2 ** 20

const repeat = (times: number, length = 1) =>
  ({
    1: ['Repeat', { value: 0, times, length }],
    2: ['Show', { value: ['1', 0] }],
  }) as const

describe('X-9 loops', () => {
  it('keep nothing of a turn that is over, however long they are', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const { run, stage, events } = createBench({ cache: noCache })
    const held: number[] = []
    // Buffers are freed a while after they were collected: what is still there after many tries is held.
    stage.onTurn = async (times) => {
      if (times % 50 !== 0) return
      for (let tries = 0; tries < 100; tries++) {
        collect()
        await new Promise((resolve) => setImmediate(resolve))
        if (process.memoryUsage().arrayBuffers - (held[0] ?? 0) < TURNS_BYTES) break
      }
      held.push(process.memoryUsage().arrayBuffers)
    }
    const result = await run(repeat(300, 2 ** 18))
    expect(result.status).toBe('finished')
    expect(shownTexts(events)).toEqual(['300'])
    expect(held).toHaveLength(7)
    for (const bytes of held) expect(bytes - (held[0] ?? 0)).toBeLessThan(TURNS_BYTES)
  })

  it('use no stack: twenty thousand turns', async () => {
    const { run, events } = createBench({ cache: noCache })
    const result = await run(repeat(20_000))
    expect(shownTexts(events)).toEqual(['20000'])
    // What waits for the end is still known, what a turn did besides is not.
    expect('nodes' in result && result.nodes.size).toBeLessThan(20_010)
  })

  it('give nodes ids of bounded length, the same in every run', async () => {
    const { run, events } = createBench({ cache: noCache })
    const idsOf = async (): Promise<readonly string[]> => {
      await run(repeat(100))
      return events.flatMap((event) => (event.type === 'node.expanded' ? event.nodes : []))
    }
    const ids = await idsOf()
    expect(new Set(ids).size).toBe(200)
    expect(ids.slice(0, 3)).toEqual(['1.0.step', '1.0.next', '1.0.next.0.step'])
    expect(Math.max(...ids.map(({ length }) => length))).toBeLessThan(80)
    expect(await idsOf()).toEqual(ids)
  })

  it('find the turns that are done in the cache', async () => {
    const { run, stage } = createBench({ cache: createMemoryCache() })
    const loop = (from: number, more: number) =>
      ({
        1: ['Countdown', { from }],
        2: ['Add', { a: ['1', 0], b: more }],
        3: ['Show', { value: ['2', 0] }],
      }) as const
    await run(loop(5, 1))
    await run(loop(5, 2))
    expect(stage.journal).toEqual(['Add 15 2', 'Show 17'])
  })

  it('may copy their body: nodes look up the graph as it is, with what expansions added', async () => {
    const { run, stage, events } = createBench()
    const result = await run({
      open: ['LoopOpen', { value: 1 }],
      double: ['Add', { a: ['open', 1], b: ['open', 1] }],
      more: ['Add', { a: ['double', 0], b: 1 }],
      close: ['LoopClose', { flow: ['open', 0], value: ['more', 0], until: 30 }],
      show: ['Show', { value: ['close', 0] }],
    })
    expect(result.status).toBe('finished')
    expect(stage.journal.filter((line) => line.startsWith('LoopClose'))).toEqual([
      'LoopClose 3',
      'LoopClose 7',
      'LoopClose 15',
      'LoopClose 31',
    ])
    expect(shownTexts(events)).toEqual(['31'])
  })
})

it('X-9 ids that are taken are a fault of the expansion', async () => {
  const { run } = createBench()
  const result = await run({
    1: ['Clash'],
    '1.0.a': ['Number', { value: 5 }],
    3: ['Show', { value: ['1', 0], more: ['1.0.a', 0] }],
  })
  expect(result).toMatchObject({
    status: 'failed',
    error: { code: 'EXPANSION_FAILED', message: expect.stringContaining('node 1.0.a already') as string },
  })
})
