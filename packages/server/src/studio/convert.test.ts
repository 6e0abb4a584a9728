/** Prompts of the API format become documents of the editor. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { postJson } from '../testing/http-call.ts'
import { startTestServer, twoNodes, type TestServer } from '../testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

type Converted = {
  readonly document: {
    readonly nodes: readonly { readonly id: number; readonly type: string; readonly pos: readonly number[] }[]
    readonly links: readonly unknown[]
  }
  readonly problems: readonly { readonly code: string }[]
}

it('lays a prompt out in layers, links and values as they were', async () => {
  const answer = await postJson(server.url, '/convert', twoNodes(4))
  const { document, problems } = answer.json() as Converted
  expect(problems).toEqual([])
  const [source, target] = document.nodes
  expect([source?.type, target?.type]).toEqual(['TestValue', 'TestOutput'])
  expect(document.links).toEqual([[1, 1, 0, 2, 0, 'INT']])
  expect(source?.pos[0]).toBeLessThan(target?.pos[0] ?? 0)
})

it('keeps 64-bit numbers, and nodes that nobody knows', async () => {
  const { text } = await postJson(
    server.url,
    '/convert',
    '{"1":{"class_type":"Unknown","inputs":{"seed":18446744073709551615,"f":1.0}}}',
  )
  expect(text).toContain('18446744073709551615')
  expect(text).toContain('"Unknown"')
})

it('leaves a document of the editor as it is', async () => {
  const answer = await postJson(server.url, '/convert', '{"nodes":[],"links":[],"mine":{"a":1.0}}')
  expect(answer.text).toContain('{"nodes":[],"links":[],"mine":{"a":1.0}}')
})

it.each([
  ['', 400],
  ['{', 400],
  ['[]', 400],
  ['7', 400],
  ['"x"', 400],
  ['null', 400],
  ['{"a":1}', 400],
  [`${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}`, 400],
  [`{"1":{"class_type":"${'x'.repeat(2_200_000)}"}}`, 413],
])('refuses %.20s', async (body, status) => {
  const answer = await postJson(server.url, '/convert', body)
  expect([answer.status, Object.keys(answer.json() as object)]).toEqual([status, ['error']])
})

it('tells what is wrong with a prompt, and converts the rest', async () => {
  const broken = {
    1: { class_type: 'TestValue', inputs: { value: 1 } },
    2: { class_type: 'TestOutput', inputs: { value: ['9', 0] } },
  }
  const { document, problems } = (await postJson(server.url, '/convert', broken)).json() as Converted
  expect(document.nodes).toHaveLength(2)
  expect(problems.map(({ code }) => code)).toEqual(['MISSING_LINK'])
})
