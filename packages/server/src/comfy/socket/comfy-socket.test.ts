/** ComfyUI's WebSocket over real sockets: who hears what, and in which order. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { comfyClient, type Frame } from '../../testing/comfy-client.ts'
import { httpCall, postJson } from '../../testing/http-call.ts'
import { stepsOf, startTestServer, type TestServer, twoNodes } from '../../testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

type Accepted = { readonly prompt_id: string; readonly number: number; readonly node_errors: object }

async function queue(document: string, more: object = {}): Promise<Accepted> {
  const answer = await postJson(server.url, '/prompt', { prompt: JSON.parse(document), ...more })
  expect(answer.status).toBe(200)
  return answer.json() as Accepted
}

const short = ({ type, data }: Frame): string =>
  type === 'executing' ? `executing ${String(data['node'])}` : type === 'status' ? 'status' : type

describe('the order of one prompt', () => {
  it('is ComfyUI’s, and the history is complete when the end marker comes', async () => {
    const client = await comfyClient(server.url, { clientId: 'order' })
    const { prompt_id: id } = await queue(twoNodes(41), { client_id: 'order' })
    let atEnd: unknown
    client.socket.on('message', (data) => {
      if ((data as Buffer).includes('"node":null')) atEnd = httpCall(server.url, `/history/${id}`)
    })
    await client.ended(id)
    const frames = client.frames.filter(({ type }) => type !== 'progress_state').map(short)
    expect(frames[0]).toBe('status')
    expect(frames.slice(frames.indexOf('execution_start'))).toEqual([
      'execution_start',
      'execution_cached',
      'executing 1',
      'executing 2',
      'executed',
      'execution_success',
      'status',
      'executing null',
    ])
    expect(client.frames[0]?.data).toEqual({ status: { exec_info: { queue_remaining: 0 } }, sid: 'order' })
    expect(client.frames.at(-2)?.data).toEqual({ status: { exec_info: { queue_remaining: 0 } } })
    const entry = ((await atEnd) as Awaited<ReturnType<typeof httpCall>>).json()
    expect(entry).toMatchObject({
      [id]: { status: { status_str: 'success', completed: true }, outputs: { 2: { text: ['41'] } } },
    })
    // The same again: nothing runs, and the output is told again.
    const { prompt_id: second } = await queue(twoNodes(41), { client_id: 'order' })
    await client.ended(second)
    const again = client.frames.filter(({ data }) => data['prompt_id'] === second)
    expect(again.map(short)).toEqual([
      'execution_start',
      'execution_cached',
      'executed',
      'execution_success',
      'executing null',
    ])
    expect(again[1]?.data['nodes']).toEqual(['1', '2'])
    await client.close()
  })

  it('has progress between executing and executed', async () => {
    const client = await comfyClient(server.url, { clientId: 'progress', path: '/api/ws' })
    const { prompt_id: id } = await queue(stepsOf({ steps: 3, mark: 5 }), { client_id: 'progress' })
    await client.ended(id)
    const own = client.frames.filter(
      ({ type, data }) => data['prompt_id'] === id && type !== 'progress_state',
    )
    expect(
      own.map(({ type, data }) =>
        type === 'progress' ? `progress ${String(data['value'])}/${String(data['max'])}` : type,
      ),
    ).toEqual([
      'execution_start',
      'execution_cached',
      'executing',
      'progress 1/3',
      'progress 2/3',
      'progress 3/3',
      'executed',
      'execution_success',
      'executing',
    ])
    await client.close()
  })
})

describe('who hears what', () => {
  it('tells a prompt to its client only, and the length of the queue to all', async () => {
    const mine = await comfyClient(server.url, { clientId: 'mine' })
    const other = await comfyClient(server.url, { clientId: 'other' })
    const { prompt_id: id } = await queue(twoNodes(1), { client_id: 'mine' })
    await mine.ended(id)
    const { prompt_id: nobody } = await queue(twoNodes(2))
    const { prompt_id: last } = await queue(twoNodes(3), { client_id: 'other' })
    await other.ended(last)
    expect(other.frames.filter(({ data }) => data['prompt_id'] === id)).toEqual([])
    expect([...mine.frames, ...other.frames].filter(({ data }) => data['prompt_id'] === nobody)).toEqual([])
    expect(other.frames.filter(({ type }) => type === 'status').length).toBeGreaterThan(2)
    await Promise.all([mine.close(), other.close()])
  })

  it('gives an id to whoever brings none, and the messages of an id to its newest socket', async () => {
    const nameless = await comfyClient(server.url)
    const greeting = await nameless.until(({ type }) => type === 'status')
    const sid = String(greeting.data['sid'])
    expect(sid).toMatch(/^[0-9a-f]{32}$/)
    const gone = new Promise<void>((resolve) => nameless.socket.once('close', () => resolve()))
    const newer = await comfyClient(server.url, { clientId: sid })
    await gone
    const { prompt_id: id } = await queue(twoNodes(4), { client_id: sid })
    await newer.ended(id)
    await newer.close()
  })

  it('tells a client that comes back the node that runs now', async () => {
    const first = await comfyClient(server.url, { clientId: 'back' })
    const { prompt_id: id } = await queue(stepsOf({ steps: 1000, stepMs: 5 }), { client_id: 'back' })
    await first.until(({ type }) => type === 'progress')
    await first.close()
    const again = await comfyClient(server.url, { clientId: 'back' })
    await again.until(({ type }) => type === 'progress')
    expect(again.frames.slice(0, 2).map(({ type, data }) => [type, data])).toEqual([
      ['status', { status: { exec_info: { queue_remaining: 1 } }, sid: 'back' }],
      ['executing', { node: '1' }],
    ])
    expect(
      (await httpCall(server.url, '/interrupt', { method: 'POST', body: '{"prompt_id":"another"}' })).status,
    ).toBe(200)
    const interrupted = await httpCall(server.url, '/interrupt', { method: 'POST', body: 'no json' })
    expect([interrupted.status, interrupted.text]).toEqual([200, ''])
    await again.ended(id)
    expect(await again.until(({ type }) => type === 'execution_interrupted')).toMatchObject({
      data: { prompt_id: id, node_id: '1', node_type: 'TestSteps', executed: [] },
    })
    const entry = (await httpCall(server.url, `/history/${id}`)).json()
    expect(entry).toMatchObject({ [id]: { status: { status_str: 'error', completed: false } } })
    await again.close()
  })
})

describe('pictures', () => {
  it('come as frames of their own: plain, or with whose they are for clients that asked first', async () => {
    const plain = await comfyClient(server.url, { clientId: 'plain' })
    const fine = await comfyClient(server.url, {
      clientId: 'fine',
      first: '{"type":"feature_flags","data":{"supports_preview_metadata":true}}',
    })
    expect(await fine.until(({ type }) => type === 'feature_flags')).toMatchObject({
      data: { supports_preview_metadata: true, max_upload_size: 104_857_600 },
    })
    // Not the first frame any more: ignored, like all other nonsense.
    for (const nonsense of ['{"type":"x"}', '{', 'null', '', '[[[[', '{"type":"feature_flags"}'])
      plain.socket.send(nonsense)
    plain.socket.send('{"type":"feature_flags","data":{"supports_preview_metadata":true}}')
    for (const [name, client] of [
      ['plain', plain],
      ['fine', fine],
    ] as const) {
      const { prompt_id: id } = await queue(stepsOf({ steps: 2, previewBytes: 10 }), { client_id: name })
      await client.ended(id)
      const [frame] = client.binary
      expect(client.binary.length).toBeGreaterThan(0)
      const view = new DataView(frame?.buffer ?? new ArrayBuffer(0), frame?.byteOffset, frame?.byteLength)
      if (name === 'plain') {
        expect([view.getUint32(0), view.getUint32(4), frame?.length]).toEqual([1, 2, 18])
        expect(frame?.[8]).toBeGreaterThan(0)
      } else {
        expect(view.getUint32(0)).toBe(4)
        const length = view.getUint32(4)
        expect(JSON.parse(frame?.subarray(8, 8 + length).toString() ?? '')).toEqual({
          node_id: '1',
          prompt_id: id,
          display_node_id: '1',
          parent_node_id: null,
          real_node_id: '1',
          image_type: 'image/png',
        })
        expect(frame?.length).toBe(8 + length + 10)
      }
    }
    await Promise.all([plain.close(), fine.close()])
  })
})

describe('pictures of the state so far', () => {
  const steps = stepsOf({ steps: 3, stepMs: 60, previewBytes: 10, jpeg: true })

  it('go to clients that were there when they posted, and to later ones that sent flags', async () => {
    const early = await comfyClient(server.url, { clientId: 'early' })
    const { prompt_id: first } = await queue(steps, { client_id: 'early' })
    await early.ended(first)
    expect(early.binary.length).toBeGreaterThan(0)
    for (const [clientId, flags] of [
      ['late', undefined],
      ['flagged', '{"type":"feature_flags","data":{"supports_preview_metadata":true}}'],
    ] as const) {
      const { prompt_id: id } = await queue(steps, { client_id: clientId })
      const posted = Date.now()
      await expect.poll(() => Date.now()).toBeGreaterThan(posted)
      const late = await comfyClient(server.url, { clientId, ...(flags !== undefined && { first: flags }) })
      await late.ended(id)
      expect([clientId, late.binary.length > 0]).toEqual([clientId, flags !== undefined])
      await late.close()
    }
    await early.close()
  })

  it('do not where the prompt wants none; what a node was asked to send comes all the same', async () => {
    const client = await comfyClient(server.url, { clientId: 'none' })
    const more = { client_id: 'none', extra_data: { preview_method: 'none' } }
    await client.ended((await queue(steps, more)).prompt_id)
    expect(client.binary).toEqual([])
    await client.ended((await queue(stepsOf({ steps: 2, previewBytes: 10 }), more)).prompt_id)
    expect(client.binary).toHaveLength(2)
    await client.close()
  })
})

describe('nonsense', () => {
  it('does no harm: 10,000 malformed frames', async () => {
    const frames = [
      '',
      '{',
      '\0',
      '[1',
      '{"type":"feature_flags","data":null}',
      '"x"',
      `${'['.repeat(1000)}`,
      '{"type":7}',
    ]
    const client = await comfyClient(server.url, { clientId: 'noise' })
    for (let n = 0; n < 5000; n += 1) client.socket.send(frames[n % frames.length] ?? '')
    for (let n = 0; n < 5000; n += 1) client.socket.send(Buffer.from([n & 255, 1, 2, 3]))
    const { prompt_id: id } = await queue(twoNodes(10_000), { client_id: 'noise' })
    await client.ended(id)
    // Too large a frame ends this connection, and no other.
    const other = await comfyClient(server.url, { clientId: 'calm' })
    const closed = new Promise<number>((resolve) => client.socket.once('close', resolve))
    client.socket.send('x'.repeat(100_000))
    expect(await closed).toBe(1009)
    const { prompt_id: next } = await queue(twoNodes(10_001), { client_id: 'calm' })
    await other.ended(next)
    await other.close()
  })
})
