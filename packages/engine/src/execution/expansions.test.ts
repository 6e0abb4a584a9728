import { describe, expect, it } from 'vitest'
import { createBench, shownTexts } from '../testing/api-graph.ts'

describe('X-9 expansions', () => {
  const nodes = (from: number) => ({ 1: ['Countdown', { from }], 2: ['Show', { value: ['1', 0] }] }) as const

  it('puts graphs in the place of nodes, again and again', async () => {
    const { run, events, stage } = createBench()
    const result = await run(nodes(3))
    expect(result.status).toBe('finished')
    expect(stage.journal).toEqual([
      'Countdown 3',
      'Add 0 3',
      'Countdown 2',
      'Add 3 2',
      'Countdown 1',
      'Add 5 1',
      'Countdown 0',
      'Show 6',
    ])
    expect(events.find(({ type }) => type === 'node.expanded')).toMatchObject({
      nodeId: '1',
      nodes: ['1.0.sum', '1.0.next'],
    })
    expect(
      events
        .filter((event) => 'nodeId' in event && event.nodeId.startsWith('1.'))
        .every((event) => 'displayId' in event && event.displayId === '1'),
    ).toBe(true)
  })

  it('loops a thousand times', async () => {
    const { run, events } = createBench()
    await run(nodes(1000))
    expect(shownTexts(events)).toEqual(['500500'])
  })

  it('mixes with values over a list', async () => {
    const { run, events } = createBench()
    await run({
      1: ['List', { count: 3, first: 0 }],
      2: ['Countdown', { from: ['1', 0] }],
      3: ['Show', { value: ['2', 0] }],
    })
    expect(shownTexts(events)).toEqual(['0', '1', '3'])
  })
})

describe('X-9 faults of expansions', () => {
  it.each([
    ['unknown type', 'EXPANSION_FAILED', 'Mystery'],
    ['cycle', 'EXPANSION_FAILED', 'wait for each other'],
    ['nowhere', 'EXPANSION_FAILED', '1.0.a, which does not exist'],
    ['object', 'EXPANSION_FAILED', 'no single value'],
    ['self', 'CYCLE', 'waits for'],
    ['no output', 'NODE_FAILED', 'no output "items"'],
    ['no list', 'NODE_FAILED', 'must be a list'],
  ])('X-6, X-9 %s', async (how, code, words) => {
    const { run } = createBench()
    const result = await run({
      1: ['Broken', { how }],
      2: ['Show', { value: ['1', 0] }],
      3: ['Show', { value: 'fine' }],
    })
    if (result.status !== 'failed') throw new Error(result.status)
    expect(result.error).toMatchObject({ code, message: expect.stringContaining(words) as string })
    expect(result.nodes.get('2')).toMatchObject({ status: 'skipped', reason: 'upstream-failed' })
    expect(result.nodes.get('3')).toMatchObject({ status: 'executed' })
  })
})

describe('X-10 raw links', () => {
  const nodes = (wanted: boolean) =>
    ({
      1: ['Number', { value: 7 }],
      2: ['Add', { a: ['1', 0], b: 1 }],
      3: ['Redo', { body: ['2', 0], wanted }],
      4: ['Show', { value: ['3', 0] }],
    }) as const

  it('pass the link, and compute nothing', async () => {
    const { run, stage } = createBench()
    await run(nodes(false))
    expect(stage.journal).toEqual(['Redo false', 'Show 2'])
  })

  it('lead an expansion to nodes outside it; its output nodes run', async () => {
    const { run, stage, events } = createBench()
    await run(nodes(true))
    expect(stage.journal.toSorted()).toEqual([
      'Add 7 1',
      'Add 8 100',
      'Number 7',
      'Redo true',
      'Show 108',
      'Show 108',
    ])
    expect(events.filter((event) => event.type === 'node.finished' && event.ui)).toMatchObject([
      { nodeId: '3.0.seen', displayId: '3' },
      { nodeId: '4', displayId: '4' },
    ])
  })
})

describe('X-15 the graph that runs', () => {
  it('is seen by its nodes, expansions included', async () => {
    const { run, events } = createBench()
    await run({
      1: ['Countdown', { from: 1 }],
      2: ['Neighbour', { body: ['1', 0] }],
      3: ['Show', { value: ['2', 0] }],
      4: ['Show', { value: ['1', 0] }],
    })
    expect(shownTexts(events)).toContain(
      'Countdown from 1, shown at 1; 1.0.next: Countdown total from 1.0.sum; nowhere: nothing',
    )
  })
})
