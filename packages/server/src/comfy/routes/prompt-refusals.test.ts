/** What `POST /prompt` refuses, and with which words. */
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type HttpAnswer, httpCall, postJson } from '../../testing/http-call.ts'
import { node, value, output, type Nodes, postPrompt } from '../../testing/prompt-calls.ts'
import { startTestServer, type TestServer } from '../../testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const post = (prompt: unknown, more?: Nodes): Promise<HttpAnswer> => postPrompt(server.url, prompt, more)

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
