/** What `POST /prompt` takes, and what becomes of it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { comfyClient } from '../../testing/comfy-client.ts'
import { type HttpAnswer, httpCall } from '../../testing/http-call.ts'
import { node, value, output, type Nodes, postPrompt } from '../../testing/prompt-calls.ts'
import { startTestServer, type TestServer, twoNodes } from '../../testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const post = (prompt: unknown, more?: Nodes): Promise<HttpAnswer> => postPrompt(server.url, prompt, more)

describe('acceptance', () => {
  it('runs the outputs that are fine, and names the others', async () => {
    const client = await comfyClient(server.url, { clientId: 'partly' })
    const answer = await post(
      { 1: value({ value: 77 }), 2: output(), 3: node('TestOutput') },
      { client_id: 'partly' },
    )
    expect(answer.status).toBe(200)
    const { prompt_id: id, node_errors: errors } = answer.json() as {
      readonly prompt_id: string
      readonly node_errors: object
    }
    expect(errors).toMatchObject({
      3: { errors: [{ type: 'required_input_missing' }], dependent_outputs: ['3'] },
    })
    await client.ended(id)
    const entry = (await httpCall(server.url, `/history/${id}`)).json() as Record<
      string,
      { readonly prompt: unknown[]; readonly outputs: object }
    >
    expect(entry[id]?.outputs).toEqual({ 2: { text: ['77'] } })
    expect(entry[id]?.prompt[4]).toEqual(['2'])
    await client.close()
  })

  it('takes ids, numbers and targets as they are given, and an id once', async () => {
    const client = await comfyClient(server.url, { clientId: 'ids' })
    const id = 'my own id/1'
    const answer = await post(
      { 1: value(), 2: output(), 3: output() },
      { prompt_id: id, number: -1.5, client_id: 'ids', partial_execution_targets: ['3'] },
    )
    expect(answer.json()).toEqual({ prompt_id: id, number: -1.5, node_errors: {} })
    await client.ended(id)
    expect((await httpCall(server.url, `/history/${encodeURIComponent(id)}`)).json()).toMatchObject({
      [id]: { prompt: [-1.5, id, {}, { client_id: 'ids' }, ['3']], outputs: { 3: { text: ['1'] } } },
    })
    expect((await post({ 1: value(), 2: output() }, { prompt_id: id })).status).toBe(409)
    await client.close()
  })

  it('keeps 64-bit seeds and the form of floats, and shows constants as they were converted', async () => {
    const client = await comfyClient(server.url, { clientId: 'exact' })
    const body =
      '{"client_id":"exact","prompt":{"1":{"class_type":"TestValue","inputs":{"value":"8","seed":18446744073709551615}},"2":{"class_type":"TestOutput","inputs":{"value":["1",0]}},"3":{"class_type":"TestSave","inputs":{"seed":1,"prefix":5.0,"random":"false"}}}}'
    const answer = await httpCall(server.url, '/prompt', { method: 'POST', body })
    const { prompt_id: id } = answer.json() as { readonly prompt_id: string }
    await client.ended(id)
    const { text } = await httpCall(server.url, `/history/${id}`)
    expect(text).toContain('"seed":18446744073709551615')
    expect(text).toContain('"value":8,')
    expect(text).toContain('"prefix":"5.0"')
    expect(text).toContain('"random":true')
    await client.close()
  })

  it('takes a document as the editor saves it', async () => {
    const client = await comfyClient(server.url, { clientId: 'ui' })
    const document = {
      nodes: [
        {
          id: 1,
          type: 'TestValue',
          widgets_values: [12, 3, 'fixed'],
          outputs: [{ name: 'value', type: 'INT', links: [1] }],
        },
        { id: 2, type: 'TestOutput', inputs: [{ name: 'value', type: 'INT', link: 1 }] },
      ],
      links: [[1, 1, 0, 2, 0, 'INT']],
      version: 0.4,
    }
    const answer = await post(document, { client_id: 'ui' })
    const { prompt_id: id } = answer.json() as { readonly prompt_id: string }
    await client.ended(id)
    expect((await httpCall(server.url, `/history/${id}`)).json()).toMatchObject({
      [id]: {
        prompt: [
          expect.any(Number),
          id,
          { 1: { class_type: 'TestValue', inputs: { value: 12, seed: 3 } } },
          {},
          ['2'],
        ],
        outputs: { 2: { text: ['12'] } },
      },
    })
    await client.close()
  })

  it('shows no secret anywhere', async () => {
    const client = await comfyClient(server.url, { clientId: 'secret' })
    server.server.services.runs.pause()
    const answer = await post(JSON.parse(twoNodes(5)), {
      client_id: 'secret',
      extra_data: {
        api_key_comfy_org: 'S3CR3T-a',
        auth_token_comfy_org: 'S3CR3T-b',
        nested: { 'X-Api-Key': 'S3CR3T-c', list: [{ password: 'S3CR3T-d' }] },
        extra_pnginfo: { api_key_comfy_org: 'S3CR3T-e', workflow: { id: 'wf-1', nodes: [] } },
        preview_method: 'auto',
      },
    })
    const { prompt_id: id } = answer.json() as { readonly prompt_id: string }
    const queue = await httpCall(server.url, '/queue')
    expect(queue.text).toContain(id)
    server.server.services.runs.resume()
    await client.ended(id)
    const seen = [
      queue.text,
      (await httpCall(server.url, '/history')).text,
      (await httpCall(server.url, '/jobs')).text,
      (await httpCall(server.url, `/api/jobs/${id}`)).text,
      JSON.stringify(client.frames),
      JSON.stringify(server.server.services.runs.get(id)),
    ]
    for (const text of seen) expect(text).not.toContain('S3CR3T')
    const entry = (await httpCall(server.url, `/history/${id}`)).json()
    expect(entry).toHaveProperty([id, 'prompt', 3], {
      preview_method: 'auto',
      client_id: 'secret',
      nested: { list: [{}] },
      extra_pnginfo: { workflow: { id: 'wf-1', nodes: [] } },
    })
    await client.close()
  })

  it('runs a chain of 2000 nodes', async () => {
    const client = await comfyClient(server.url, { clientId: 'chain' })
    const chain = Object.fromEntries(
      Array.from({ length: 2000 }, (_, n) => [
        String(n),
        node('TestValue', { value: n === 0 ? 3 : [String(n - 1), 0], seed: n }),
      ]),
    )
    const answer = await post({ ...chain, out: output(['1999', 0]) }, { client_id: 'chain' })
    const { prompt_id: id } = answer.json() as { readonly prompt_id: string }
    await client.ended(id)
    expect((await httpCall(server.url, `/history/${id}`)).json()).toMatchObject({
      [id]: { outputs: { out: { text: ['3'] } } },
    })
    await client.close()
  })
})
