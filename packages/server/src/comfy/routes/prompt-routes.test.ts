/** What `POST /prompt`, the queue and the history answer: statuses, bodies, words. */
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { comfyClient } from '../../testing/comfy-client.ts'
import { type HttpAnswer, httpCall, postJson } from '../../testing/http-call.ts'
import { startTestServer, stepsOf, type TestServer, twoNodes } from '../../testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

type Nodes = Readonly<Record<string, unknown>>
const node = (class_type: string, inputs: Nodes = {}): Nodes => ({ class_type, inputs })
const post = (prompt: unknown, more: Nodes = {}): Promise<HttpAnswer> =>
  postJson(server.url, '/prompt', { prompt, ...more }, 'application/x-www-form-urlencoded')
const value = (inputs: Nodes = {}): Nodes => node('TestValue', { value: 1, seed: 1, ...inputs })
const output = (from: unknown = ['1', 0]): Nodes => node('TestOutput', { value: from })

describe('refusals', () => {
  it.each([
    ['', 400],
    ['{', 400],
    ['null', 400],
    ['[]', 400],
    ['7', 400],
    ['"prompt"', 400],
    ['{"prompt":null}', 400],
    ['{"prompt":[]}', 400],
    ['{"prompt":"x"}', 400],
    ['{"prompt":{"1":null}}', 400],
    ['{"prompt":{"1":[]}}', 400],
    ['{"prompt":{"1":{}}}', 400],
    ['{"prompt":{"1":{"class_type":"TestValue"}}}', 400],
    ['{"prompt":{"1":{"class_type":7,"inputs":{}}}}', 400],
    ['{"prompt":{"1":{"class_type":"TestValue","inputs":[]}}}', 400],
    ['{"prompt":{},"extra_data":7}', 400],
    ['{"prompt":{},"prompt_id":7}', 400],
    [`{"prompt":{},"client_id":"${'x'.repeat(1000)}"}`, 400],
    ['{"prompt":{},"number":"x"}', 400],
    ['{"prompt":{},"partial_execution_targets":"1"}', 400],
    ['{"prompt":{},"partial_execution_targets":[{}]}', 400],
    [`{"prompt":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, 400],
    [`{"prompt":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`, 400],
    ['\xff\xfe{}', 400],
  ])('answers the body %.60s with %i and JSON', async (body, status) => {
    const answer = await httpCall(server.url, '/prompt', {
      method: 'POST',
      body: body.startsWith('\xff') ? Buffer.from(body, 'latin1') : body,
    })
    expect(answer.status).toBe(status)
    expect(answer.json()).toMatchObject({ error: { type: expect.any(String), message: expect.any(String) } })
  })

  it('uses ComfyUI’s words', async () => {
    expect((await postJson(server.url, '/prompt', {})).json()).toEqual({
      error: {
        type: 'no_prompt',
        message: 'No prompt provided',
        details: 'No prompt provided',
        extra_info: {},
      },
      node_errors: {},
    })
    expect((await post({ 5: { inputs: {} } })).json()).toMatchObject({
      error: {
        type: 'invalid_prompt',
        message: 'Cannot execute because a node is missing the class_type property.',
        details: "Node ID '#5'",
      },
    })
    // Also where no output needs it.
    expect((await post({ 1: value(), 2: output(), 5: node('Nobody') })).json()).toMatchObject({
      error: {
        type: 'invalid_prompt',
        message: 'Cannot execute because node Nobody does not exist.',
        details: "Node ID '#5'",
      },
    })
    for (const answer of [
      await post({ 1: value() }),
      await post({}),
      await post({ 1: value(), 2: output() }, { partial_execution_targets: [] }),
      await post({ 1: value(), 2: output() }, { partial_execution_targets: ['7'] }),
    ]) {
      expect(answer.status).toBe(400)
      expect(answer.json()).toEqual({
        error: { type: 'prompt_no_outputs', message: 'Prompt has no outputs', details: '', extra_info: {} },
        node_errors: {},
      })
    }
  })

  it.each([
    [
      'a missing input',
      { 2: node('TestOutput') },
      '2',
      ['required_input_missing', 'Required input is missing', 'value'],
    ],
    [
      'a bad link',
      { 2: output(['1', 0, 0]) },
      '2',
      ['bad_linked_input', 'Bad linked input, must be a length-2 list of [node_id, slot_index]', 'value'],
    ],
    [
      'a link to nowhere',
      { 2: output(['7', 0]) },
      '2',
      ['exception_during_validation', 'Exception when validating node', "'7'"],
    ],
    [
      'a link to no output',
      { 1: value(), 2: output(['1', 9]) },
      '2',
      ['exception_during_validation', 'Exception when validating node', 'tuple index out of range'],
    ],
    [
      'a bad link further up',
      { 1: value({ value: ['7', 0] }), 2: output() },
      '1',
      ['exception_during_inner_validation', 'Exception when validating inner node', "'7'"],
    ],
    [
      'another type',
      { 1: node('EmptyImage', { width: 8, height: 8, batch_size: 1, color: 0 }), 2: output() },
      '2',
      [
        'return_type_mismatch',
        'Return type mismatch between linked nodes',
        'value, received_type(IMAGE) mismatch input_type(INT)',
      ],
    ],
    [
      'no number',
      { 1: value({ value: '5.7' }), 2: output() },
      '1',
      [
        'invalid_input_type',
        'Failed to convert an input value to a INT value',
        "value, 5.7, invalid literal for int() with base 10: '5.7'",
      ],
    ],
    [
      'too small',
      {
        1: node('EmptyImage', { width: 0, height: 8, batch_size: 1, color: 0 }),
        2: node('PreviewImage', { images: ['1', 0] }),
      },
      '1',
      ['value_smaller_than_min', 'Value 0 smaller than min of 1', 'width'],
    ],
    [
      'a seed too large',
      '{"1":{"class_type":"TestValue","inputs":{"value":1,"seed":18446744073709551616}},"2":{"class_type":"TestOutput","inputs":{"value":["1",0]}}}',
      '1',
      ['value_bigger_than_max', 'Value 18446744073709551616 bigger than max of 18446744073709551615', 'seed'],
    ],
    [
      'no option',
      { 1: node('TestHarm', { how: "o'h" }) },
      '1',
      [
        'value_not_in_list',
        'Value not in list',
        "how: 'o'h' not in ['crash', 'exit', 'heap', 'hang', 'throw', 'wait']",
      ],
    ],
    [
      'no file',
      { 1: node('LoadImage', { image: 'nobody.png' }), 2: node('PreviewImage', { images: ['1', 0] }) },
      '1',
      [
        'custom_validation_failed',
        'Custom validation failed for node',
        'image - Invalid image file: nobody.png',
      ],
    ],
    [
      'a file outside',
      { 1: node('LoadImage', { image: '../../etc/passwd' }), 2: node('PreviewImage', { images: ['1', 0] }) },
      '1',
      [
        'custom_validation_failed',
        'Custom validation failed for node',
        'image - Invalid image file: ../../etc/passwd',
      ],
    ],
  ] as const)('names %s', async (_what, prompt, id, [type, message, details]) => {
    const answer = await (typeof prompt === 'string'
      ? httpCall(server.url, '/prompt', { method: 'POST', body: `{"prompt":${prompt}}` })
      : post(prompt))
    expect(answer.status).toBe(400)
    const body = answer.json()
    expect(body).toMatchObject({
      error: { type: 'prompt_outputs_failed_validation', message: 'Prompt outputs failed validation' },
      node_errors: { [id]: { errors: [{ type, message, details }], class_type: expect.any(String) } },
    })
    expect(Object.keys((body as { readonly node_errors: object }).node_errors)).toEqual([id])
  })

  it('puts the faults of outputs themselves into the details, and those further up not', async () => {
    expect((await post({ 2: node('TestOutput') })).json()).toMatchObject({
      error: { details: 'Required input is missing: value' },
      node_errors: { 2: { dependent_outputs: ['2'] } },
    })
    expect((await post({ 1: node('TestValue'), 2: output(), 3: output() })).json()).toMatchObject({
      error: { details: '' },
      node_errors: {
        1: {
          dependent_outputs: ['2', '3'],
          errors: [{ type: 'required_input_missing' }, { type: 'required_input_missing' }],
        },
      },
    })
  })

  it('names a cycle', async () => {
    const answer = await post({
      1: value({ value: ['2', 0] }),
      2: value({ value: ['1', 0] }),
      3: output(['2', 0]),
    })
    expect(answer.status).toBe(400)
    expect(answer.text).toContain('dependency_cycle')
    expect(answer.text).toMatch(/\d \(TestValue\) -> \d \(TestValue\) -> \d \(TestValue\)/)
  })

  it('refuses what is too large', async () => {
    const answer = await httpCall(server.url, '/prompt', {
      method: 'POST',
      headers: { 'Content-Length': String(33 * 2 ** 20) },
    })
    expect(answer.status).toBe(413)
    expect(answer.json()).toMatchObject({ error: { type: 'too_large' } })
    const packed = await httpCall(server.url, '/prompt', {
      method: 'POST',
      headers: { 'Content-Encoding': 'gzip' },
      body: gzipSync(Buffer.alloc(40 * 2 ** 20, ' ')),
    })
    expect(packed.status).toBe(413)
  })
})

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
          preview_output: { type: 'output' },
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
    for (const prefix of ['../escape', '/tmp/escape', '..\\escape', 'a/../../escape']) {
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
