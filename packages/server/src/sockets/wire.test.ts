import { createHash } from 'node:crypto'
import { RunEvent } from '@dicache/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  documentOf,
  startTestServer,
  stepsOf,
  type TestClient,
  type TestServer,
  twoNodes,
} from '../testing/test-server.ts'

let server: TestServer
let client: TestClient
beforeAll(async () => {
  server = await startTestServer()
  client = server.connect()
})
afterAll(async () => server[Symbol.asyncDispose]())

describe('a run over the socket', () => {
  it('is accepted, told from its first event to its last, and kept with all its facts', async () => {
    const document = documentOf({
      1: ['TestValue', { value: 3, seed: 7 }],
      2: ['TestOutput', { value: ['1', 0] }],
      3: ['TestSave', { seed: 11, prefix: 'kept', random: false }],
    }).replace('"seed":7', '"seed":18446744073709551615')
    const { runId, number, targets, problems } = await client.ask('run.submit', { document, title: 'mine' })
    expect({ number: number > 0, targets, problems }).toEqual({
      number: true,
      targets: ['2', '3'],
      problems: [],
    })

    const events = await client.follow(runId)
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
    expect(events.every((event) => RunEvent.is(event) && event.runId === runId)).toBe(true)
    expect([events[0]?.type, events.at(-1)?.type]).toEqual(['run.started', 'run.finished'])

    const record = await client.ask('run.get', { runId })
    expect(record).toMatchObject({
      status: 'finished',
      title: 'mine',
      attempts: 1,
      lastSeq: events.length,
      targets: ['2', '3'],
      seeds: expect.arrayContaining([
        { nodeId: '1', param: 'seed', seed: '18446744073709551615' },
        { nodeId: '3', param: 'seed', seed: '11' },
      ]),
      versions: { node: process.versions.node, nodeTypes: { TestOutput: 1, TestSave: 1, TestValue: 1 } },
      outputs: [
        {
          nodeId: '3',
          filename: 'kept_00001_.txt',
          sizeBytes: 7,
          sha256: createHash('sha256').update('seed 11').digest('hex'),
        },
      ],
      files: [{ filename: 'kept_00001_.txt', subfolder: '', type: 'output' }],
    })
    expect(record.document).toBe(document)
    expect(record.timings.map(({ nodeId, status }) => [nodeId, status])).toEqual(
      expect.arrayContaining([
        ['1', 'executed'],
        ['2', 'executed'],
        ['3', 'executed'],
      ]),
    )
    expect((await client.ask('history.list', {})).runs[0]?.runId).toBe(runId)
  })

  it('is replayed from any number', async () => {
    const { runId } = await client.ask('run.submit', { document: stepsOf({ steps: 1200 }) })
    const all = await client.follow(runId)
    expect(all.length).toBe(1204)
    const other = server.connect()
    for (const fromSeq of [1, 2, 700, all.length]) {
      expect(await other.follow(runId, fromSeq)).toEqual(all.slice(fromSeq - 1))
    }
  })

  it('sends previews as bytes, with run, node and step', async () => {
    const previews: (readonly [unknown, Uint8Array])[] = []
    client.socket.on('run.preview', (info, bytes) => previews.push([info, new Uint8Array(bytes)]))
    await client.ask('queue.pause', {})
    const { runId } = await client.ask('run.submit', {
      document: stepsOf({ steps: 5, stepMs: 20, previewBytes: 64 }),
    })
    const told = client.follow(runId)
    await client.ask('queue.resume', {})
    const events = await told
    expect(events.some(({ type }) => type === 'node.previewed')).toBe(false)
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
    expect(previews.length).toBeGreaterThan(0)
    for (const [info, bytes] of previews) {
      const { step } = info as { readonly step: number }
      expect(info).toEqual({
        runId,
        nodeId: '1',
        displayId: '1',
        mimeType: 'image/png',
        widthPx: 1,
        heightPx: 1,
        step,
        steps: 5,
      })
      expect([...bytes]).toEqual(Array.from({ length: 64 }, () => step))
    }
  })

  it('is refused with every problem, and run in part when that is wished', async () => {
    const document = documentOf({
      1: ['TestOutput', {}],
      2: ['NoSuchNode', {}],
      3: ['TestOutput', { value: ['2', 0] }],
      4: ['TestSteps', { steps: 1, stepMs: 0, previewBytes: 0, mark: 0 }],
    })
    const refused = await client.ask('run.submit', { document }).catch((error: unknown) => error)
    expect(refused).toMatchObject({
      code: 'REQUIRED_INPUT_MISSING',
      answer: { problems: [{ code: 'REQUIRED_INPUT_MISSING', nodeId: '1' }, { code: 'UNKNOWN_NODE_TYPE' }] },
    })
    expect(await client.ask('run.validate', { document, partial: true })).toMatchObject({ targets: ['4'] })
    const { runId, targets, problems } = await client.ask('run.submit', { document, partial: true })
    expect([targets, problems.length]).toEqual([['4'], 2])
    expect((await client.follow(runId)).at(-1)?.type).toBe('run.finished')
  })
})

describe('the queue over the socket', () => {
  it('is watched, paused, reordered and cancelled', async () => {
    const watcher = server.connect()
    const before = await watcher.ask('queue.watch', {})
    const changes: number[] = []
    const seen = new Map<string, string>()
    watcher.socket.on('queue.changed', ({ revision, changed }) => {
      changes.push(revision)
      for (const { runId, status } of changed) seen.set(runId, status)
    })
    await client.ask('queue.pause', {})
    const ids: string[] = []
    for (const value of [1, 2, 3, 4])
      ids.push((await client.ask('run.submit', { document: twoNodes(value) })).runId)
    const [a = '', b = '', c = '', d = ''] = ids
    const front = (await client.ask('run.submit', { document: twoNodes(5), front: true })).runId
    const order = async () => (await client.ask('queue.watch', {})).pending.map(({ runId }) => runId)
    expect(await order()).toEqual([front, a, b, c, d])
    await client.ask('run.move', { runId: d, before: a })
    await client.ask('run.move', { runId: a, before: null })
    expect(await order()).toEqual([front, d, b, c, a])
    expect(await client.ask('run.cancel', { runId: b })).toBe('cancelled')
    expect(await client.ask('run.cancel', { runId: b })).toBe('ended')
    await expect(client.ask('run.move', { runId: b, before: null })).rejects.toMatchObject({
      code: 'RUN_NOT_PENDING',
    })
    await expect(client.ask('run.delete', { runId: c })).rejects.toMatchObject({ code: 'RUN_NOT_ENDED' })
    expect((await client.follow(b)).map(({ type }) => type)).toEqual(['run.cancelled'])
    await client.ask('queue.resume', {})
    await Promise.all([front, d, c, a].map((runId) => client.follow(runId)))
    const { runs } = await client.ask('history.list', { limit: 5 })
    expect(runs.map(({ runId }) => runId)).toEqual([a, c, d, front, b])
    expect(changes).toEqual(changes.map((_, index) => before.revision + 1 + index))
    expect(Object.fromEntries(seen)).toEqual({
      [a]: 'finished',
      [b]: 'cancelled',
      [c]: 'finished',
      [d]: 'finished',
      [front]: 'finished',
    })
    await client.ask('run.delete', { runId: a })
    await expect(client.ask('run.get', { runId: a })).rejects.toMatchObject({ code: 'UNKNOWN_RUN' })
  })

  it('lists the nodes and the choices of their settings', async () => {
    const { nodes, choices } = await client.ask('nodes.list', {})
    expect(nodes.map(({ type }) => type)).toEqual(expect.arrayContaining(['TestValue', 'LoadModel']))
    expect(choices['models/diffusion_models']).toContain('emoji')
  })
})
