import { RunEvent as RunEventSchema } from '@dicache/protocol'
import { describe, expect, it } from 'vitest'
import { createBench, shownTexts } from '../testing/api-graph.ts'

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

it('V-11 runs the outputs that nothing is wrong with, and says what is wrong with the others', async () => {
  const { run, stage } = createBench()
  const result = await run({
    1: ['Show'],
    2: ['Mystery'],
    3: ['Show', { value: ['2', 0] }],
    4: ['Show', { value: 'fine' }],
  })
  expect(stage.journal).toEqual(['Show fine'])
  expect(result).toMatchObject({
    status: 'finished',
    problems: [{ code: 'REQUIRED_INPUT_MISSING' }, { code: 'UNKNOWN_NODE_TYPE' }],
  })
})

it('hands nodes the prompt that runs, the document as it was given, and their place', async () => {
  const { run, events } = createBench()
  const document = { nodes: [], own: 1 }
  await run({ a: ['Peek'], s: ['Show', { value: ['a', 0] }] }, { document })
  expect(JSON.parse(String(shownTexts(events)[0]))).toEqual({
    prompt: {
      a: { class_type: 'Peek', inputs: {}, _meta: { title: 'Peek' } },
      s: { class_type: 'Show', inputs: { value: ['a', 0] }, _meta: { title: 'Show' } },
    },
    document,
    nodeId: 'a',
    runId: 'run',
  })
})
