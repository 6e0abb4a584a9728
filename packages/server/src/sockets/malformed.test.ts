import { once } from 'node:events'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { startTestServer, type TestServer, twoNodes } from '../testing/test-server.ts'

const FRAMES = 10_000
const NAMES = [
  'nodes.list',
  'queue.watch',
  'queue.pause',
  'queue.resume',
  'run.submit',
  'run.validate',
  'run.cancel',
  'run.move',
  'run.get',
  'run.delete',
  'run.subscribe',
  'run.unsubscribe',
  'history.list',
  'disconnect',
  'connect',
  'error',
  'newListener',
  '__proto__',
  'constructor',
  '',
]

const junk = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(
    { runId: '' },
    { runId: 'x'.repeat(5000) },
    { runId: '__proto__', fromSeq: -1 },
    { runId: '../../state.sqlite', before: {} },
    { document: '{' },
    { document: '['.repeat(20_000) },
    { document: '{"1":{"class_type":"TestValue","inputs":null}}' },
    { document: '{"__proto__":{"class_type":"__proto__","inputs":{"__proto__":1}}}' },
    { document: 'null', targets: [null] },
    { limit: Number.POSITIVE_INFINITY, beforeMs: 'x' },
    { limit: 1e9 },
  ),
)

/** Frames as a client in a bad mood sends them: of each kind of the protocol, broken in each way. */
const frame: fc.Arbitrary<string | Uint8Array> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom(...NAMES), junk, fc.nat(9))
      .map(([name, payload, id]) => `42${id}${JSON.stringify([name, payload])}`),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(...NAMES), fc.array(junk, { maxLength: 3 }))
      .map(([name, rest]) => `42${JSON.stringify([name, ...rest])}`),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 200 }) },
  { weight: 1, arbitrary: fc.string({ maxLength: 50 }).map((text) => `42${text}`) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 100 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '40',
      '41',
      '43',
      '44',
      '2',
      '3',
      '6',
      '40{}',
      '40/other,',
      '430[1]',
      '4399[{"ok":1}]',
      '451-["run.get",{"_placeholder":true,"num":0}]',
      '4599999999-["run.get"]',
      '45-["x"]',
      `42["run.get",${'['.repeat(5000)}`,
      `42["run.get",${'['.repeat(5000)}${']'.repeat(5000)}]`,
      '420["run.submit",{"document":"\\ud800"}]',
    ),
  },
)

/** Sends frames over plain WebSockets, as many as the server takes before it hangs up; then over the next one. */
async function sendAll({ url }: TestServer, frames: readonly (string | Uint8Array)[]): Promise<number> {
  let connections = 0
  for (let at = 0; at < frames.length; ) {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
    await once(socket, 'message')
    socket.send('40')
    await once(socket, 'message')
    connections += 1
    const closed = once(socket, 'close')
    for (let n = 0; n < 50 && at < frames.length && socket.readyState === WebSocket.OPEN; n += 1) {
      socket.send(frames[at] ?? '')
      at += 1
    }
    socket.close()
    await closed
  }
  return connections
}

it('takes 10,000 malformed frames, and runs as before', { timeout: 120_000 }, async () => {
  await using server = await startTestServer()
  const frames = fc.sample(frame, { numRuns: FRAMES, seed: 6 })
  expect(await sendAll(server, frames)).toBeGreaterThanOrEqual(FRAMES / 50)
  const client = server.connect()
  await client.ask('queue.resume', {})
  const { runId } = await client.ask('run.submit', { document: twoNodes(4) })
  expect((await client.follow(runId)).at(-1)?.type).toBe('run.finished')
  expect(server.server.services.worker.facts()?.restarts).toBe(0)
})

it('answers what it cannot understand, and what it does not know', async () => {
  await using server = await startTestServer()
  const client = server.connect()
  const { socket } = client
  const raw = socket as unknown as {
    readonly emitWithAck: (name: string, payload: unknown) => Promise<unknown>
  }
  for (const payload of [null, [], 'x', 7, {}, { runId: 7 }, { runId: 'a', more: 1 }])
    expect(await raw.emitWithAck('run.get', payload)).toMatchObject({
      ok: false,
      error: { code: 'BAD_REQUEST' },
    })
  await expect(client.ask('run.get', { runId: 'nobody' })).rejects.toMatchObject({ code: 'UNKNOWN_RUN' })
  await expect(client.ask('run.subscribe', { runId: 'nobody' })).rejects.toMatchObject({
    code: 'UNKNOWN_RUN',
  })
  await expect(client.ask('run.submit', { document: '{' })).rejects.toMatchObject({ code: 'NOT_JSON' })
  await expect(client.ask('run.submit', { document: '['.repeat(20_000) })).rejects.toMatchObject({
    code: 'TOO_DEEP',
  })
  await expect(client.ask('run.submit', { document: twoNodes(1), targets: ['99'] })).rejects.toMatchObject({
    code: 'UNKNOWN_TARGET',
  })
})

it('refuses runs beyond what may wait', async () => {
  await using server = await startTestServer({ queue: { maxPending: 2 } })
  const client = server.connect()
  await client.ask('queue.pause', {})
  for (const value of [1, 2]) await client.ask('run.submit', { document: twoNodes(value) })
  await expect(client.ask('run.submit', { document: twoNodes(3) })).rejects.toMatchObject({
    code: 'QUEUE_FULL',
  })
  expect(await client.ask('queue.clear', {})).toEqual({ cancelled: 2 })
})
