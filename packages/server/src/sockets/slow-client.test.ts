import type { Socket as TcpSocket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { EventBatch, PreviewInfo, RunEvent } from '@dicache/protocol'
import { describe, expect, it } from 'vitest'
import { startTestServer, stepsOf, type TestClient } from '../testing/test-server.ts'
import { createOutlet } from './outlet.ts'

/** The TCP connection below a client: pausing it is a client that does not read. */
function tcpOf({ socket }: TestClient): TcpSocket {
  const { ws } = socket.io.engine.transport as unknown as { readonly ws: { readonly _socket: TcpSocket } }
  return ws._socket
}

it('keeps nothing for a client that does not read, and gives it every event when it reads again', async () => {
  await using server = await startTestServer()
  const slow = server.connect()
  const quick = server.connect()
  await slow.ask('queue.pause', {})
  const PREVIEW_BYTES = 200_000
  const { runId } = await slow.ask('run.submit', {
    document: stepsOf({ steps: 600, previewBytes: PREVIEW_BYTES }),
  })
  let pictures = 0
  slow.socket.on('run.preview', () => {
    pictures += 1
  })
  const late = slow.follow(runId)
  const all = quick.follow(runId)
  await slow.ask('run.subscribe', { runId })
  tcpOf(slow).pause()
  const before = heldBytes()
  await quick.ask('queue.resume', {})
  const events = await all
  // 600 pictures are 120 MB.
  expect(heldBytes() - before).toBeLessThan(20_000_000)
  tcpOf(slow).resume()
  const seen = await late
  expect([...new Set(seen.map(({ seq }) => seq))]).toEqual(events.map(({ seq }) => seq))
  expect(pictures).toBeLessThan(600)
})

/** Bytes of buffers that something still refers to. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  // The second call waits for what the first one lets go in the background.
  collect()
  collect()
  return process.memoryUsage().arrayBuffers
}

const preview: PreviewInfo = {
  runId: 'r',
  nodeId: '1',
  displayId: '1',
  mimeType: 'image/png',
  widthPx: 1,
  heightPx: 1,
}
const event = (seq: number): RunEvent => ({ type: 'run.cancelled', seq, runId: 'r', atMs: 0, durationMs: 0 })

/** An outlet over a connection that takes packets only when it is told to. */
function setUp(stored: RunEvent[]) {
  const sent: EventBatch[] = []
  let waiting = 0
  let pictures = 0
  let drained: () => void = () => undefined
  let reads = 0
  const outlet = createOutlet({
    connection: {
      waiting: () => waiting,
      isIdle: () => waiting === 0,
      onDrain(listener) {
        drained = listener
      },
    },
    read(_runId, fromSeq, limit) {
      reads += 1
      return stored.filter(({ seq }) => seq >= fromSeq).slice(0, limit)
    },
    sendEvents(batch) {
      waiting += 1
      sent.push(batch)
    },
    sendPreview() {
      waiting += 1
      pictures += 1
    },
  })
  return {
    outlet,
    seqs: () => sent.flatMap(({ events }) => events.map(({ seq }) => seq)),
    waiting: () => waiting,
    pictures: () => pictures,
    reads: () => reads,
    drain() {
      waiting = 0
      drained()
    },
    tell(seq: number) {
      stored.push(event(seq))
      outlet.event(event(seq))
    },
  }
}

describe('the outlet of a client', () => {
  it('sends what is kept, then what happens, without gap or repetition', () => {
    const client = setUp([1, 2, 3].map(event))
    client.outlet.subscribe('r', 2, true)
    for (const seq of [4, 5, 6]) client.tell(seq)
    client.outlet.event(event(5))
    expect(client.seqs()).toEqual([2, 3, 4, 5, 6])
  })

  it('lets few packets wait, however many events there are', () => {
    const client = setUp([])
    client.outlet.subscribe('r', 1, true)
    for (let seq = 1; seq <= 5000; seq += 1) client.tell(seq)
    expect(client.waiting()).toBeLessThanOrEqual(8)
    for (let n = 0; n < 20; n += 1) client.drain()
    expect(client.seqs()).toEqual(Array.from({ length: 5000 }, (_, index) => index + 1))
  })

  it('keeps only the newest picture while anything waits, and none for whoever wants none', () => {
    const client = setUp([])
    client.outlet.subscribe('r', 1, true)
    for (let n = 0; n < 5; n += 1) client.outlet.preview(preview, new Uint8Array(1))
    expect(client.pictures()).toBe(1)
    client.drain()
    expect(client.pictures()).toBe(2)
    client.drain()
    expect(client.pictures()).toBe(2)
    client.outlet.subscribe('r', 1, false)
    client.outlet.preview(preview, new Uint8Array(1))
    client.outlet.unsubscribe('r')
    client.tell(1)
    expect([client.pictures(), client.seqs()]).toEqual([2, []])
  })

  it('reads from the database only when it is behind', () => {
    const client = setUp([])
    client.outlet.subscribe('r', 1, true)
    const first = client.reads()
    client.tell(1)
    client.tell(2)
    expect(client.reads()).toBe(first)
  })
})
