import { describe, expect, it } from 'vitest'
import { createBench, shownTexts } from '../testing/api-graph.ts'

describe('X-2 asynchronous nodes', () => {
  it('make one call per item at once', async () => {
    const { run, stage } = createBench()
    const release = new Map<string, () => void>()
    for (const name of ['a', 'b', 'c'])
      stage.gates.set(name, new Promise<void>((resolve) => release.set(name, resolve)))
    const done = run(
      {
        1: ['Words', { text: 'a b c' }],
        2: ['List', { count: 3, first: 5 }],
        3: ['Wait', { value: ['2', 0], gate: ['1', 0] }],
        4: ['Show', { value: ['3', 0] }],
      },
      {
        onEvent: (event) => {
          if (event.type !== 'node.started' || event.nodeId !== '3') return
          // Once all three have begun, the last one may end first: the order of the results stays.
          setImmediate(() => {
            stage.journal.push('all wait')
            for (const name of ['c', 'a', 'b']) release.get(name)?.()
          })
        },
      },
    )
    expect((await done).status).toBe('finished')
    expect(stage.journal).toEqual([
      'Wait a begins',
      'Wait b begins',
      'Wait c begins',
      'all wait',
      'Wait c ends',
      'Wait a ends',
      'Wait b ends',
      'Show 5',
      'Show 6',
      'Show 7',
    ])
  })

  it('fail under their own id, and let the others end', async () => {
    const { run, stage, events } = createBench()
    stage.gates.set('bad', Promise.reject(new Error('the line is dead')))
    stage.gates.set('good', Promise.resolve())
    const result = await run({
      1: ['Wait', { gate: 'bad' }],
      2: ['Show', { value: ['1', 0] }],
      3: ['Wait', { gate: 'good' }],
      4: ['Show', { value: ['3', 0] }],
    })
    expect(result).toMatchObject({ status: 'failed', failed: ['1'], error: { nodeId: '1' } })
    expect(shownTexts(events)).toEqual(['0'])
  })
})

describe('X-4 lazy hooks', () => {
  const nodes = (a: number, more: Readonly<Record<string, unknown>> = {}) =>
    ({
      1: ['Number', { value: a }],
      2: ['Number', { value: 5 }],
      3: ['Ask', { a: ['1', 0], b: ['2', 0], unknown: false, ...more }],
      4: ['Show', { value: ['3', 0] }],
    }) as const

  it('may be asynchronous, and are asked until they need nothing new', async () => {
    const { run, stage } = createBench()
    await run(nodes(1))
    expect(stage.journal).toEqual(['Ask - -', 'Number 1', 'Ask 1 -', 'Number 5', 'Ask 1 5', 'Show 6'])
    await run(nodes(0))
    expect(stage.journal).toEqual(['Ask - -', 'Number 0', 'Ask 0 -', 'Show 0'])
  })

  it('that name an input which does not exist fail their node', async () => {
    const { run } = createBench()
    expect(await run(nodes(1, { unknown: true }))).toMatchObject({
      status: 'failed',
      error: { code: 'NODE_FAILED', nodeId: '3', message: expect.stringContaining('"nothing"') as string },
    })
  })
})

describe('X-5 lists', () => {
  it('of calls give one event: data for the user interface is joined, by the kinds of the first call', async () => {
    const { run, events } = createBench()
    await run({ 1: ['List', { count: 3, first: 0 }], 2: ['Note UI', { value: ['1', 0] }] })
    expect(events.filter(({ type }) => type === 'node.finished').slice(1)).toMatchObject([
      { nodeId: '2', ui: { text: ['first', '1', '2'], kind: ['a'] } },
    ])
    expect(JSON.stringify(events)).not.toContain('dropped')
  })

  it('repeat their last value also for constants', async () => {
    const { run, stage } = createBench()
    await run({
      1: ['List', { count: 3, first: 1 }],
      2: ['Add', { a: ['1', 0], b: 10 }],
      3: ['Show', { value: ['2', 0] }],
    })
    expect(stage.journal.slice(0, 3)).toEqual(['Add 1 10', 'Add 2 10', 'Add 3 10'])
  })

  it('with a blocker among the items lose that item only', async () => {
    const { run, events } = createBench()
    await run({ 1: ['Words', { text: 'a block c' }], 2: ['Show', { value: ['1', 0] }] })
    expect(shownTexts(events)).toEqual(['a', 'c'])
  })
})

it('X-11 a finished node tells what it took: time, bytes of its result, and of the process', async () => {
  const { run, events } = createBench({ processBytes: () => 123 })
  await run({ 1: ['Work', { value: 1, length: 1000 }], 2: ['Show', { value: ['1', 0] }] })
  expect(events.find(({ type }) => type === 'node.finished')).toMatchObject({
    nodeId: '1',
    durationMs: expect.any(Number) as number,
    memory: { resultBytes: expect.closeTo(4000, -3) as number, processBytes: 123 },
  })
})
