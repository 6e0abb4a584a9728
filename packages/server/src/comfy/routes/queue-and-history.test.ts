/** Queue, history and jobs: what they show, and what may be taken out. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { comfyClient } from '../../testing/comfy-client.ts'
import { type HttpAnswer, httpCall, postJson } from '../../testing/http-call.ts'
import { node, type Nodes, postPrompt } from '../../testing/prompt-calls.ts'
import { startTestServer, stepsOf, type TestServer } from '../../testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const post = (prompt: unknown, more?: Nodes): Promise<HttpAnswer> => postPrompt(server.url, prompt, more)

describe('queue and history', () => {
  it('shows what waits in order, takes prompts out, and never lists those as ended', async () => {
    const client = await comfyClient(server.url, { clientId: 'queue' })
    server.server.services.runs.pause()
    const queued = async (mark: number, more: Nodes = {}): Promise<string> => {
      const answer = await post(JSON.parse(stepsOf({ mark })), { client_id: 'queue', ...more })
      return (answer.json() as { readonly prompt_id: string }).prompt_id
    }
    const [a, b, c, d] = [
      await queued(1),
      await queued(2),
      await queued(3, { front: true }),
      await queued(4, { number: -0.5 }),
    ]
    const pending = async (): Promise<string[]> =>
      (
        (await httpCall(server.url, '/queue')).json() as {
          readonly queue_pending: readonly (readonly [number, string])[]
        }
      ).queue_pending.map(([, id]) => id)
    expect(await pending()).toEqual([c, d, a, b])
    expect((await httpCall(server.url, '/prompt')).json()).toEqual({ exec_info: { queue_remaining: 4 } })
    const removed = await postJson(server.url, '/queue', { delete: [a, 'nobody', 7] })
    expect([removed.status, removed.text]).toEqual([200, ''])
    expect(await pending()).toEqual([c, d, b])
    // While nothing runs, interrupting has no effect, not on the next prompt either.
    await postJson(server.url, '/interrupt', {})
    server.server.services.runs.resume()
    await client.ended(b)
    expect((await httpCall(server.url, `/history/${a}`)).json()).toEqual({})
    expect(client.frames.filter(({ data }) => data['prompt_id'] === a)).toEqual([])
    expect(client.frames.filter(({ type }) => type === 'execution_interrupted')).toEqual([])
    for (const body of ['', '[]', 'null', '{', '{"delete":"x"}']) {
      expect((await postJson(server.url, '/queue', body)).status).toBe(400)
      expect((await postJson(server.url, '/history', body)).status).toBe(400)
    }
    await client.close()
  })

  it('pages the history as ComfyUI does', async () => {
    const client = await comfyClient(server.url, { clientId: 'pages' })
    expect((await postJson(server.url, '/history', { clear: true })).text).toBe('')
    const ids: string[] = []
    for (const mark of [1, 2, 3]) {
      const answer = await post(JSON.parse(stepsOf({ mark })), { client_id: 'pages' })
      const { prompt_id: id } = answer.json() as { readonly prompt_id: string }
      ids.push(id)
      await client.ended(id)
    }
    const page = async (query: string): Promise<string[]> =>
      Object.keys((await httpCall(server.url, `/history${query}`)).json() as object)
    expect(await page('')).toEqual(ids)
    expect(await page('?max_items=2')).toEqual(ids.slice(1))
    expect(await page('?max_items=2&offset=0')).toEqual(ids.slice(0, 2))
    expect(await page('?offset=1')).toEqual(ids.slice(1))
    expect(await page('?offset=9')).toEqual([])
    expect(await page('?max_items=0')).toEqual([])
    expect(await page('?max_items=-1&offset=-1')).toEqual(ids)
    expect((await httpCall(server.url, '/history?max_items=x')).status).toBe(400)
    await postJson(server.url, '/history', { delete: [ids[0], 'nobody'] })
    expect(await page('')).toEqual(ids.slice(1))
    await client.close()
  })

  it('lists jobs', async () => {
    const client = await comfyClient(server.url, { clientId: 'jobs' })
    await postJson(server.url, '/history', { clear: true })
    const harm = await post({ 1: node('TestHarm', { how: 'throw' }) }, { client_id: 'jobs' })
    const { prompt_id: failed } = harm.json() as { readonly prompt_id: string }
    await client.ended(failed)
    const save = await post(
      { 1: node('TestSave', { seed: 1, prefix: 'job', random: true }) },
      {
        client_id: 'jobs',
        extra_data: { extra_pnginfo: { workflow: { id: 'wf-9', nodes: [] } } },
      },
    )
    const { prompt_id: saved } = save.json() as { readonly prompt_id: string }
    await client.ended(saved)
    const jobs = async (query = ''): Promise<unknown> =>
      (await httpCall(server.url, `/api/jobs${query}`)).json()
    expect(await jobs()).toMatchObject({
      jobs: [
        {
          id: saved,
          status: 'completed',
          outputs_count: 1,
          preview_output: { type: 'output', nodeId: '1', mediaType: 'images' },
          workflow_id: 'wf-9',
        },
        {
          id: failed,
          status: 'failed',
          execution_error: { node_id: '1' },
          outputs_count: 0,
          preview_output: null,
        },
      ],
      pagination: { offset: 0, limit: null, total: 2, has_more: false },
    })
    expect(await jobs('?status=failed')).toMatchObject({ jobs: [{ id: failed }] })
    expect(await jobs('?workflow_id=wf-9')).toMatchObject({ jobs: [{ id: saved }] })
    expect(await jobs('?limit=1&sort_order=asc')).toMatchObject({
      jobs: [{ id: failed }],
      pagination: { limit: 1, total: 2, has_more: true },
    })
    for (const query of ['?status=x', '?limit=0', '?limit=x', '?offset=x', '?sort_by=x', '?sort_order=x'])
      expect((await httpCall(server.url, `/api/jobs${query}`)).status).toBe(400)
    expect(await jobs(`/${saved}`)).toMatchObject({
      id: saved,
      outputs: { 1: { files: [{ type: 'output' }] } },
      execution_status: { completed: true },
      workflow: { prompt: { 1: { class_type: 'TestSave' } } },
    })
    const none = await httpCall(server.url, '/api/jobs/nobody')
    expect([none.status, none.json()]).toEqual([404, { error: 'Job not found' }])
    await client.close()
  })

  it('fails a node whose prefix leaves the output folder', async () => {
    const client = await comfyClient(server.url, { clientId: 'prefix' })
    for (const prefix of ['../escape', '/escape', '..\\escape', 'a/../../escape']) {
      const answer = await post(
        { 1: node('TestSave', { seed: 2, prefix, random: true }) },
        { client_id: 'prefix' },
      )
      const { prompt_id: id } = answer.json() as { readonly prompt_id: string }
      await client.ended(id)
      expect(
        await client.until(({ type, data }) => type === 'execution_error' && data['prompt_id'] === id),
      ).toMatchObject({
        data: {
          node_id: '1',
          node_type: 'TestSave',
          exception_message: expect.stringContaining('leaves the folder'),
        },
      })
    }
    await client.close()
  })
})
