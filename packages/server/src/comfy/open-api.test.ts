/** The served description: it tells of what is there, of nothing else, and nothing that fits it or not breaks the server. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { arbitraryOf } from '../testing/arbitrary-of.ts'
import { httpCall, type HttpCall } from '../testing/http-call.ts'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

type Parameter = {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required: boolean
  readonly schema: object
}
type Operation = {
  readonly operationId: string
  readonly parameters: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> }
  readonly responses: Readonly<Record<string, object>>
}
type Document = {
  readonly openapi: string
  readonly servers: readonly { readonly url: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

let server: TestServer
let document: Document
beforeAll(async () => {
  server = await startTestServer()
  document = (await httpCall(server.url, '/openapi.json')).json() as Document
})
afterAll(() => server[Symbol.asyncDispose]())

const operations = (): readonly (readonly [method: string, path: string, operation: Operation])[] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [method, path, operation] as const),
  )

/** The routes that public clients need. */
const NEEDED = `get /system_stats|get /features|get /prompt|post /prompt|get /queue|post /queue|post /interrupt|post /free
get /history|get /history/{prompt_id}|post /history|get /object_info|get /object_info/{node_class}|get /embeddings|get /extensions
get /models|get /models/{folder}|get /experiment/models|get /experiment/models/{folder}
get /experiment/models/preview/{folder}/{path_index}/{filename}|get /view_metadata/{folder}|post /upload/image|post /upload/mask|get /view
get /users|post /users|get /settings|post /settings|get /settings/{id}|post /settings/{id}|get /userdata|get /v2/userdata
get /userdata/{file}|post /userdata/{file}|delete /userdata/{file}|post /userdata/{file}/move/{dest}|get /workflow_templates|get /i18n
get /jobs|get /jobs/{job_id}|get /openapi.json
get /documents/{file}|put /documents/{file}|delete /documents/{file}|get /documents/{file}/versions|get /documents/{file}/versions/{version}
post /convert|delete /history/{prompt_id}`

describe('/openapi.json', () => {
  it('is OpenAPI 3.1, with every route that clients need', () => {
    expect(document.openapi).toBe('3.1.0')
    expect(document.servers.map(({ url }) => url)).toEqual(['/', '/api'])
    const listed = operations().map(([method, path]) => `${method} ${path}`)
    expect(listed).toEqual(expect.arrayContaining(NEEDED.split(/[\n|]/)))
    const ids = operations().map(([, , { operationId }]) => operationId)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('declares every part of a path, once', () => {
    for (const [method, path, { parameters }] of operations()) {
      const declared = parameters.filter((one) => one.in === 'path').map(({ name }) => name)
      const parts = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
      expect([method, path, declared.toSorted()]).toEqual([method, path, parts.toSorted()])
    }
  })

  it('names routes that exist, below both prefixes', async () => {
    for (const [method, path] of operations()) {
      for (const prefix of ['', '/api']) {
        const target = prefix + path.replaceAll(/\{\w+\}/g, 'x')
        const { text } = await httpCall(server.url, target, { method: method.toUpperCase() })
        expect([method, target, text]).not.toEqual([
          method,
          target,
          expect.stringContaining('there is nothing at'),
        ])
      }
    }
  })
})

describe('methods', () => {
  it('are refused where a path does not take them, with those that it takes', async () => {
    for (const [target, method, allow] of [
      ['/system_stats', 'POST', 'GET, HEAD'],
      ['/api/system_stats', 'TRACE', 'GET, HEAD'],
      ['/queue', 'DELETE', 'GET, HEAD, POST'],
      ['/userdata/x', 'PATCH', 'GET, HEAD, POST, DELETE'],
      ['/history/x', 'OPTIONS', 'GET, HEAD, DELETE'],
    ] as const) {
      const { status, headers, json } = await httpCall(server.url, target, { method })
      expect([target, status, headers['allow']]).toEqual([target, 405, allow])
      expect(json()).toMatchObject({ error: { type: 'method_not_allowed' } })
    }
    expect((await httpCall(server.url, '/system_stats', { method: 'HEAD' })).status).toBe(200)
  })
})

/** Texts that programs stumble over. */
const nastyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.string({ unit: 'binary', maxLength: 30 }).map((text) => text.toWellFormed()),
  fc.constantFrom(
    '',
    '..',
    '../x',
    '\0',
    '%',
    '%00',
    '__proto__',
    'constructor',
    'null',
    '-1',
    '1e999',
    'a'.repeat(5000),
    '\r\nX: y',
    '[input]',
    'x [output]',
    '𝒳'.repeat(300),
  ),
)

type Request = { readonly target: string; readonly call: HttpCall }

function requestOf(method: string, path: string, operation: Operation): fc.Arbitrary<Request> {
  const parts = Object.fromEntries(
    operation.parameters.map(({ name, schema }) => [
      name,
      fc.option(fc.oneof(nastyText, arbitraryOf(schema).map(String)), { nil: undefined }),
    ]),
  )
  const media = Object.entries(operation.requestBody?.content ?? {})[0]
  const json = fc.oneof(
    media === undefined ? fc.jsonValue() : arbitraryOf(media[1].schema),
    fc.jsonValue({ maxDepth: 4 }),
  )
  const body: fc.Arbitrary<string | Uint8Array | undefined> =
    media === undefined
      ? fc.constant(undefined)
      : fc.oneof(
          { weight: 4, arbitrary: json.map((value) => JSON.stringify(value)) },
          { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
          { weight: 1, arbitrary: fc.string({ maxLength: 50 }) },
        )
  return fc
    .record({
      parts: fc.record(parts),
      prefix: fc.constantFrom('', '/api'),
      raw: fc.constantFrom('', '', '', '%', '%zz', '?&&==', '#'),
      type: fc.constantFrom(
        'application/json',
        'text/plain',
        'multipart/form-data; boundary=x',
        'multipart/form-data',
        '',
      ),
      body,
    })
    .map(({ parts: values, prefix, raw, type, body: content }) => {
      const named = (place: Parameter['in']) => operation.parameters.filter((one) => one.in === place)
      const filled = named('path').reduce(
        (target, { name }) => target.replace(`{${name}}`, () => encodeURIComponent(values[name] ?? 'x')),
        path,
      )
      const valuesOf = (place: Parameter['in']): [string, string][] =>
        named(place).flatMap(({ name }): [string, string][] => {
          const text = values[name]
          return text === undefined ? [] : [[name, text]]
        })
      const query = new URLSearchParams(valuesOf('query'))
      // What no client could send is not sent.
      const sent = valuesOf('header').filter(([, text]) => /^[\t\x20-\x7e\x80-\xff]*$/.test(text))
      return {
        target: `${prefix}${filled}${raw.replace('#', '%23')}?${String(query)}`,
        call: {
          method: method.toUpperCase(),
          headers: { ...Object.fromEntries(sent), ...(type !== '' && { 'Content-Type': type }) },
          ...(content !== undefined && { body: content }),
        },
      }
    })
}

describe('whatever fits the description, and whatever does not', () => {
  it('is answered with less than 500, and refused with JSON', async () => {
    for (const [method, path, operation] of operations()) {
      await fc.assert(
        fc.asyncProperty(requestOf(method, path, operation), async ({ target, call }) => {
          const { status, headers, text, json } = await httpCall(server.url, target, call)
          if (status >= 500) throw new Error(`${call.method} ${target}: ${status} ${text}`)
          if (status >= 400 && text !== '' && method !== 'head') {
            expect(headers['content-type']).toMatch(/^application\/json/)
            expect(json()).toHaveProperty('error')
          }
        }),
        { numRuns: 40 },
      )
    }
    expect((await httpCall(server.url, '/system_stats')).status).toBe(200)
  }, 120_000)

  it('holds for prompts made of real nodes with odd values and links', async () => {
    const info = (await httpCall(server.url, '/object_info')).json() as Record<
      string,
      { readonly input: Record<string, object> }
    >
    const types = Object.keys(info).filter((type) => type !== 'TestHarm' && !/Sampler|Load/.test(type))
    const inputs = types.flatMap((type) =>
      Object.values(info[type]?.input ?? {}).flatMap((group) => Object.keys(group)),
    )
    const id = fc.constantFrom('1', '2', '3', 'a:b', '')
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.tuple(id, fc.integer({ min: -1, max: 3 })),
      fc.constantFrom(1, 0, -1, 64, '64', 'x', true, null, { __value__: [1] }, 1e308),
    )
    const node = fc.record({
      class_type: fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom(...types) },
        { weight: 1, arbitrary: nastyText },
      ),
      inputs: fc.dictionary(fc.constantFrom(...inputs), value, { maxKeys: 6 }),
    })
    server.server.services.runs.pause()
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(id, node, { minKeys: 1, maxKeys: 4 }),
        fc.record(
          {
            client_id: fc.string({ maxLength: 9 }),
            number: fc.double({ noNaN: true }),
            front: fc.boolean(),
            extra_data: fc.jsonValue({ maxDepth: 3 }),
            partial_execution_targets: fc.array(id, { maxLength: 2 }),
          },
          { requiredKeys: [] },
        ),
        async (prompt, more) => {
          const answer = await httpCall(server.url, '/prompt', {
            method: 'POST',
            body: JSON.stringify({ ...more, prompt }),
          })
          expect([200, 400]).toContain(answer.status)
          expect(answer.json()).toHaveProperty(answer.status === 200 ? 'prompt_id' : 'error')
        },
      ),
      { numRuns: 300 },
    )
    expect((await httpCall(server.url, '/queue')).status).toBe(200)
    expect((await httpCall(server.url, '/queue', { method: 'POST', body: '{"clear":true}' })).status).toBe(
      200,
    )
  }, 60_000)
})
