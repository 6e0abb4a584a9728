import type { RunEvent } from '@dicache/protocol'
import { RunEvent as RunEventSchema } from '@dicache/protocol'
import { describe, expect, it } from 'vitest'
import { createBench } from '../testing/api-graph.ts'

const shown = (events: readonly RunEvent[]): readonly unknown[] =>
  events.flatMap((event) => (event.type === 'node.finished' && event.ui ? event.ui['text'] : []))

it('X-1 runs what the outputs depend on, sources first, and nothing else', async () => {
  const { run, stage, told } = createBench()
  const result = await run({
    show: ['Show', { value: ['sum', 0] }],
    sum: ['Add', { a: ['one', 0], b: ['two', 0] }],
    two: ['Number', { value: 2 }],
    one: ['Number', { value: 1 }],
    unused: ['Number', { value: 9 }],
  })
  expect(result.status).toBe('finished')
  expect(stage.journal).toEqual(['Number 1', 'Number 2', 'Add 1 2', 'Show 3'])
  expect(told()).toEqual([
    'run.started',
    'node.started one',
    'node.finished one',
    'node.started two',
    'node.finished two',
    'node.started sum',
    'node.finished sum',
    'node.started show',
    'node.finished show',
    'run.finished',
  ])
})

it('X-1 runs the targets it is given, output nodes or not, and gives their values', async () => {
  const { run, stage } = createBench()
  const result = await run(
    {
      1: ['Number', { value: 1 }],
      2: ['Add', { a: ['1', 0] }],
      3: ['Show', { value: ['2', 0] }],
      4: ['Show', { value: 'no' }],
    },
    { targets: ['2'] },
  )
  if (result.status !== 'finished') throw new Error(result.status)
  expect(stage.journal).toEqual(['Number 1', 'Add 1 0'])
  expect(result.valuesOf('2')).toEqual([[1]])
  expect(result.valuesOf('1')).toBeUndefined()
  expect(result.nodes.get('2')).toEqual({
    nodeType: 'Add',
    displayId: '2',
    status: 'executed',
    durationMs: expect.any(Number) as number,
  })
})

describe('X-2 concurrency', () => {
  it('lets concurrent nodes run beside each other and beside one other node', async () => {
    const { run, stage } = createBench()
    const release: (() => void)[] = []
    for (const name of ['a', 'b'])
      stage.gates.set(name, new Promise<void>((resolve) => release.push(resolve)))
    const done = run(
      {
        1: ['Wait', { gate: 'a' }],
        2: ['Wait', { gate: 'b' }],
        3: ['Number', { value: 5 }],
        4: ['Show', { value: ['3', 0] }],
        5: ['Add', { a: ['1', 0], b: ['2', 0] }],
        6: ['Show', { value: ['5', 0] }],
      },
      {
        onEvent: (event) =>
          event.type === 'node.finished' &&
          event.nodeId === '4' &&
          release.reverse().forEach((open) => open()),
      },
    )
    expect((await done).status).toBe('finished')
    expect(stage.journal).toEqual([
      'Wait a begins',
      'Wait b begins',
      'Number 5',
      'Show 5',
      'Wait b ends',
      'Wait a ends',
      'Add 0 0',
      'Show 0',
    ])
  })
})

describe('X-3 failures', () => {
  const nodes = {
    1: ['Fail', { value: 3, message: 'broken on purpose' }],
    2: ['Add', { a: ['1', 0] }],
    3: ['Show', { value: ['2', 0] }],
    4: ['Number', { value: 5 }],
    5: ['Show', { value: ['4', 0] }],
  } as const

  it('skips what depends on the node, and goes on elsewhere', async () => {
    const { run, events, told } = createBench()
    const result = await run(nodes)
    if (result.status !== 'failed') throw new Error(result.status)
    expect(result.error).toMatchObject({
      code: 'NODE_FAILED',
      nodeId: '1',
      message: '"Fail" (node 1) failed: broken on purpose',
    })
    expect(result.failed).toEqual(['1'])
    expect(result.nodes.get('3')).toMatchObject({ status: 'skipped', reason: 'upstream-failed', cause: '1' })
    expect(result.nodes.get('5')).toMatchObject({ status: 'executed', ui: { text: ['5'] } })
    expect(told().filter((line) => line.startsWith('node.skipped'))).toEqual([
      'node.skipped 2',
      'node.skipped 3',
    ])
    expect(events.find(({ type }) => type === 'node.failed')).toMatchObject({
      nodeId: '1',
      errorType: 'RangeError',
      inputs: { value: [3], message: ['broken on purpose'] },
      error: { code: 'NODE_FAILED', nodeId: '1' },
    })
    expect(events.at(-1)).toMatchObject({ type: 'run.failed', failed: ['1'], error: { code: 'NODE_FAILED' } })
  })

  it('stops when it is told to: nothing new starts, what runs is aborted', async () => {
    const { run, stage, told } = createBench()
    stage.gates.set('never', new Promise(() => undefined))
    const result = await run(
      {
        1: ['Wait', { gate: 'never' }],
        2: ['Show', { value: ['1', 0] }],
        3: ['Fail', { message: 'm' }],
        4: ['Show', { value: ['3', 0] }],
        5: ['Number', { value: 1 }],
        6: ['Show', { value: ['5', 0] }],
      },
      { onFailure: 'stop' },
    )
    expect(result).toMatchObject({ status: 'failed', failed: ['3'] })
    expect(stage.journal).toEqual(['Wait never begins'])
    expect(told().slice(-5)).toEqual([
      'node.failed 3',
      'node.skipped 4',
      'node.skipped 1',
      'node.skipped 2',
      'run.failed',
    ])
  })

  it('tells of a failure in every branch', async () => {
    const { run } = createBench()
    const result = await run({
      1: ['Fail', { message: 'one' }],
      2: ['Show', { value: ['1', 0] }],
      3: ['Fail', { message: 'two' }],
      4: ['Show', { value: ['3', 0], more: ['1', 0] }],
    })
    expect(result).toMatchObject({ status: 'failed', failed: ['1', '3'] })
  })

  it('keeps the code of errors that have one', async () => {
    const { run } = createBench()
    const result = await run({
      1: ['List', { count: 0, first: 0 }],
      2: ['Add', { a: ['1', 0] }],
      3: ['Show', { value: ['2', 0] }],
    })
    expect(result).toMatchObject({ status: 'failed', error: { code: 'EMPTY_LIST', nodeId: '2' } })
  })
})

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
    expect(shown(events)).toEqual(['20+10'])
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
    expect(shown(events)).toEqual(['3', '10', '12', '13'])
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
    expect(shown(events)).toEqual(['1+2+3', '1-2-3'])
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
    expect(shown(events)).toEqual(['0', '1'])
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

describe('X-8 cancelling', () => {
  it('stops before the next node, and tells that something was left undone', async () => {
    const { run, stage, told } = createBench()
    const abort = new AbortController()
    const result = await run(
      { 1: ['Number', { value: 1 }], 2: ['Add', { a: ['1', 0] }], 3: ['Show', { value: ['2', 0] }] },
      { signal: abort.signal, onEvent: (event) => event.type === 'node.finished' && abort.abort() },
    )
    expect(result.status).toBe('cancelled')
    expect(stage.journal).toEqual(['Number 1'])
    expect(told()).toEqual([])
  })

  it('stops at a report', async () => {
    const { run } = createBench()
    const abort = new AbortController()
    const seen: string[] = []
    const result = await run(
      { 1: ['Report', { steps: 100 }], 2: ['Show', { value: ['1', 0] }] },
      {
        signal: abort.signal,
        onEvent: (event) => {
          seen.push(event.type)
          if (event.type === 'node.progressed' && event.done === 2) abort.abort()
        },
      },
    )
    expect(result).toMatchObject({ status: 'cancelled' })
    expect(seen.filter((type) => type === 'node.progressed')).toHaveLength(2)
    expect(seen.slice(-2)).toEqual(['node.skipped', 'run.cancelled'])
  })

  it('hands the signal to nodes that wait', async () => {
    const { run, stage } = createBench()
    stage.gates.set('never', new Promise(() => undefined))
    const abort = new AbortController()
    const result = await run(
      { 1: ['Wait', { gate: 'never' }], 2: ['Show', { value: ['1', 0] }] },
      {
        signal: abort.signal,
        onEvent: (event) => event.type === 'node.started' && queueMicrotask(() => abort.abort()),
      },
    )
    expect(result).toMatchObject({ status: 'cancelled' })
  })

  it('lets an abort arrive while nothing but quick nodes run', async () => {
    const { run } = createBench()
    const chain = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, index) => [
        `n${index}`,
        ['Add', { a: index === 0 ? 1 : [`n${index - 1}`, 0] }] as const,
      ]),
    )
    const abort = new AbortController()
    setTimeout(() => abort.abort(), 1)
    const result = await run({ ...chain, end: ['Show', { value: ['n19999', 0] }] }, { signal: abort.signal })
    expect(result.status).toBe('cancelled')
  })

  it('refuses to begin a run that is cancelled already', async () => {
    const { run } = createBench()
    await expect(run({}, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELLED' })
  })
})

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
    expect(shown(events)).toEqual(['500500'])
  })

  it('mixes with values over a list', async () => {
    const { run, events } = createBench()
    await run({
      1: ['List', { count: 3, first: 0 }],
      2: ['Countdown', { from: ['1', 0] }],
      3: ['Show', { value: ['2', 0] }],
    })
    expect(shown(events)).toEqual(['0', '1', '3'])
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

describe('previews', () => {
  const nodes = { 1: ['Preview', { count: 5 }], 2: ['Show', { value: ['1', 0] }] } as const

  it('are encoded one at a time, only the latest of those that wait, all before the node ends', async () => {
    const encoded: number[] = []
    const { run, told } = createBench({
      encodePreview: async (image) => {
        encoded.push(image.data[0] ?? -1)
        await Promise.resolve()
        return { mimeType: 'image/jpeg', widthPx: 1, heightPx: 1, base64: '' }
      },
    })
    await run(nodes)
    expect(encoded).toEqual([0, 4])
    expect(told().slice(2, 6)).toEqual([
      'node.previewed 1',
      'node.previewed 1',
      'node.previewed 1',
      'node.finished 1',
    ])
  })

  it('that cannot be made cost a warning', async () => {
    const { run, events } = createBench({ encodePreview: () => Promise.reject(new Error('no encoder')) })
    expect((await run(nodes)).status).toBe('finished')
    expect(events.filter(({ type }) => type === 'node.logged')).toMatchObject([
      { nodeId: '1', level: 'warning', message: 'A preview could not be made: no encoder' },
    ])
  })
})

it('X-11 numbers its events, and every one fits the schema', async () => {
  const { run, events } = createBench()
  await run({ 1: ['Report', { steps: 2 }], 2: ['Show', { value: ['1', 0] }] })
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
  for (const event of events) expect(RunEventSchema.faults(JSON.parse(JSON.stringify(event)))).toEqual([])
  expect(events.map(({ type }) => type)).toEqual([
    'run.started',
    'node.started',
    'node.progressed',
    'node.reported',
    'node.progressed',
    'node.reported',
    'node.logged',
    'node.finished',
    'node.started',
    'node.finished',
    'run.finished',
  ])
})

it('X-11 refuses a run in which nothing can run, without an event', async () => {
  const { run, events } = createBench()
  expect(await run({ 1: ['Show'] })).toMatchObject({
    status: 'refused',
    problems: [{ code: 'REQUIRED_INPUT_MISSING' }],
  })
  expect(events).toEqual([])
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
  expect(JSON.parse(String(shown(events)[0]))).toMatchObject({ seed: '5n', steps: 5, scale: 1.5 })
})
