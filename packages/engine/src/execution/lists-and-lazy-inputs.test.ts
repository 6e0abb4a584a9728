import { describe, expect, it } from 'vitest'
import { createBench, shownTexts } from '../testing/api-graph.ts'

describe('X-4 lazy inputs', () => {
  const nodes = (condition: boolean, yes: unknown = ['1', 0]) =>
    ({
      1: ['Number', { value: 1 }],
      2: ['Number', { value: 2 }],
      3: ['Choose', { yes, no: ['2', 0], condition }],
      4: ['Show', { value: ['3', 0] }],
    }) as const

  it('computes only what is asked for', async () => {
    const { run, stage } = createBench()
    await run(nodes(true))
    expect(stage.journal).toEqual(['Number 1', 'Show 1'])
    await run(nodes(false))
    expect(stage.journal).toEqual(['Number 2', 'Show 2'])
  })

  it('fails a node that asks for a constant', async () => {
    const { run } = createBench()
    const result = await run(nodes(true, 'a constant'))
    expect(result).toMatchObject({ status: 'failed', error: { code: 'NODE_FAILED', nodeId: '3' } })
  })

  it('skips the node when the lazy input fails, and does not care for the others', async () => {
    const { run, stage } = createBench()
    const failing = nodes(true)
    expect(await run({ ...failing, 1: ['Fail', { message: 'm' }] })).toMatchObject({
      status: 'failed',
      failed: ['1'],
    })
    const other = { ...nodes(false), 1: ['Fail', { message: 'm' }] } as const
    expect(await run(other)).toMatchObject({ status: 'finished' })
    expect(stage.journal).toEqual(['Number 2', 'Show 2'])
  })

  it('asks for each item of a list', async () => {
    const { run, events } = createBench()
    await run({
      1: ['Number', { value: 10 }],
      2: ['Number', { value: 20 }],
      3: ['List', { count: 2, first: 0 }],
      4: ['Choose', { yes: ['3', 0], no: ['3', 0], condition: true }],
      5: ['Choose', { yes: ['1', 0], no: ['2', 0], condition: ['4', 0] }],
      6: ['Collect', { items: ['5', 0], separator: '+' }],
      7: ['Show', { value: ['6', 0] }],
    })
    expect(shownTexts(events)).toEqual(['20+10'])
  })
})

describe('X-5 lists', () => {
  it('calls once per item, and repeats the last of a shorter list', async () => {
    const { run, events, stage } = createBench()
    await run({
      1: ['List', { count: 3, first: 10 }],
      2: ['List', { count: 2, first: 0 }],
      3: ['Add', { a: ['1', 0], b: ['2', 0] }],
      4: ['Show', { value: ['3', 0] }],
      5: ['Show', { value: ['1', 1] }],
    })
    expect(stage.journal.filter((line) => line.startsWith('Add'))).toEqual([
      'Add 10 0',
      'Add 11 1',
      'Add 12 1',
    ])
    expect(shownTexts(events)).toEqual(['3', '10', '12', '13'])
  })

  it('gives whole lists to a node that wants them, settings too', async () => {
    const { run, events } = createBench()
    await run({
      1: ['List', { count: 3, first: 1 }],
      2: ['Collect', { items: ['1', 0], separator: '+' }],
      3: ['Show', { value: ['2', 0] }],
      4: ['List', { count: 0, first: 0 }],
      5: ['Collect', { items: ['4', 0], more: ['1', 0], separator: '-' }],
      6: ['Show', { value: ['5', 0] }],
    })
    expect(shownTexts(events)).toEqual(['1+2+3', '1-2-3'])
  })
})

describe('X-7 blockers', () => {
  const nodes = (message: string) =>
    ({
      1: ['List', { count: 3, first: 0 }],
      2: ['Gate', { value: ['1', 0], atMost: 1, message }],
      3: ['Add', { a: ['2', 0] }],
      4: ['Show', { value: ['3', 0] }],
      5: ['Number', { value: 9 }],
      6: ['Gate', { value: ['5', 0], atMost: 1, message }],
      7: ['Show', { value: ['6', 0] }],
      8: ['Collect', { items: ['2', 0], separator: ',' }],
      9: ['Show', { value: ['8', 0] }],
    }) as const

  it('skips calls item by item, in silence', async () => {
    const { run, events, told } = createBench()
    const result = await run(nodes(''))
    if (result.status !== 'finished') throw new Error(result.status)
    expect(shownTexts(events)).toEqual(['0', '1'])
    expect(told().filter((line) => line.startsWith('node.blocked'))).toEqual([])
    expect(told().filter((line) => line.startsWith('node.skipped'))).toEqual([
      'node.skipped 7',
      'node.skipped 8',
      'node.skipped 9',
    ])
    expect(result.nodes.get('7')).toMatchObject({ status: 'blocked' })
  })

  it('tells a message once, at the first consumer', async () => {
    const { run, events } = createBench()
    const result = await run(nodes('too much'))
    expect(result.status).toBe('finished')
    expect(
      events.flatMap((event) => (event.type === 'node.blocked' ? [[event.nodeId, event.message]] : [])),
    ).toEqual([
      ['7', 'too much'],
      ['3', 'too much'],
      ['8', 'too much'],
    ])
  })
})

it('X-13 hands linked settings over in their kind', async () => {
  const { run, events } = createBench({
    host: { inputs: { list: async () => ['a'], resolve: async () => '' } },
  })
  const result = await run({
    1: ['Number', { value: 5 }],
    2: [
      'Settings',
      { seed: ['1', 0], steps: ['1', 0], cfg: 1, text: 'x', mode: 'euler', enabled: true, image: 'a' },
    ],
    3: ['Show', { value: ['2', 0] }],
  })
  expect(result.status).toBe('finished')
  expect(JSON.parse(String(shownTexts(events)[0]))).toMatchObject({ seed: '5n', steps: 5, scale: 1.5 })
})
