import { describe, expect, it } from 'vitest'
import { noCache } from '../index.ts'
import type { RunResult, Unfinished } from '../index.ts'
import { createBench } from '../testing/api-graph.ts'
import type { ShortNodes } from '../testing/api-graph.ts'

const left = (result: RunResult): Unfinished => {
  if (result.status !== 'failed' && result.status !== 'cancelled') throw new Error(result.status)
  return result.unfinished
}

/** Two branches over a shared start; the second one fails until its message is another. */
const nodes = (last: ShortNodes[string]): ShortNodes => ({
  1: ['Number', { value: 1 }],
  2: ['Add', { a: ['1', 0], b: 1 }],
  3: ['Show', { value: ['2', 0] }],
  4: ['World', { name: 'w' }],
  5: ['Add', { a: ['4', 0], b: ['1', 0] }],
  6: last,
  7: ['Show', { value: ['6', 0] }],
})
const broken = nodes(['Fail', { value: ['5', 0], message: 'm' }])
const mended = nodes(['Add', { a: ['5', 0], b: 10 }])

describe('X-14 a run is taken up where it stopped, without any cache', () => {
  it('after a failure: what finished does not run again, output nodes neither', async () => {
    const { run, stage, events } = createBench({ cache: noCache })
    const first = await run(broken)
    expect(stage.journal.toSorted()).toEqual(['Add 1 1', 'Add 7 1', 'Number 1', 'Show 2', 'World w0'])
    const again = await run(broken, { resume: left(first) })
    expect(stage.journal).toEqual([])
    expect(again).toMatchObject({ status: 'failed', failed: ['6'] })
    const second = await run(mended, { resume: left(again) })
    expect(second.status).toBe('finished')
    expect(stage.journal).toEqual(['Add 8 10', 'Show 18'])
    expect(events[0]).toMatchObject({
      type: 'run.started',
      cached: expect.arrayContaining(['3', '5']) as string[],
    })
    expect(events.find((event) => event.type === 'node.cached' && event.nodeId === '3')).toMatchObject({
      ui: { text: ['2'] },
    })
  })

  it('after a failure: also results that no cache may keep', async () => {
    const { run, stage } = createBench({ cache: noCache })
    stage.world = 'unreadable'
    const first = await run(broken, { runId: 'one' })
    const second = await run(mended, { runId: 'two', resume: left(first) })
    expect(second.status).toBe('finished')
    expect(stage.journal).toEqual(['Add 8 10', 'Show 18'])
    await run(mended, { runId: 'three' })
    expect(stage.journal).toContain('World unreadable')
  })

  it('after it was cancelled', async () => {
    const { run, stage } = createBench({ cache: noCache })
    const abort = new AbortController()
    const chain: ShortNodes = {
      1: ['Number', { value: 1 }],
      2: ['Add', { a: ['1', 0], b: 1 }],
      3: ['Add', { a: ['2', 0], b: 1 }],
      4: ['Show', { value: ['3', 0] }],
    }
    const first = await run(chain, {
      signal: abort.signal,
      onEvent: (event) => event.type === 'node.finished' && event.nodeId === '2' && abort.abort(),
    })
    expect(stage.journal).toEqual(['Number 1', 'Add 1 1'])
    await run(chain, { resume: left(first) })
    expect(stage.journal).toEqual(['Add 2 1', 'Show 3'])
  })

  it('runs again what changed, and what it needs of results that were let go', async () => {
    const { run, stage } = createBench({ cache: noCache })
    const first = await run(broken)
    stage.world = 'w1'
    await run(mended, { resume: left(first) })
    expect(stage.journal).toEqual(['Number 1', 'World w1', 'Add 7 1', 'Add 8 10', 'Show 18'])
  })
})
