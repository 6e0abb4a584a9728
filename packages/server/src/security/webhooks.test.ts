/** Reports to webhooks: to listed addresses, to public names, once, and to nobody else. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { comfyClient } from '../testing/comfy-client.ts'
import { type HttpAnswer, httpCall, postJson } from '../testing/http-call.ts'
import { startTestServer, type TestServer, twoNodes } from '../testing/test-server.ts'
import { isPublicAddress } from './public-address.ts'
import { type ResolveName, sendWebhook } from './send-webhook.ts'
import { webhookList } from './webhook-target.ts'

let receiver: Server
let base: string
let received: { readonly url: string; readonly body: string }[]
beforeAll(async () => {
  received = []
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push({ url: request.url ?? '', body: Buffer.concat(chunks).toString() })
      if (request.url === '/hooks/away') response.writeHead(302, { Location: '/elsewhere' }).end()
      else response.writeHead(204).end()
    })
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
})
afterAll(() => {
  receiver.close()
  receiver.closeAllConnections()
})

describe('a run', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ security: { webhooks: [`${base}/hooks/`] } })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const run = (webhook: unknown): Promise<HttpAnswer> =>
    postJson(server.url, '/prompt', {
      prompt: JSON.parse(twoNodes(3)) as unknown,
      client_id: 'hooks',
      extra_data: { webhook },
    })

  it('reports its end below a listed address, follows no redirect, and shows the address nowhere', async () => {
    const client = await comfyClient(server.url, { clientId: 'hooks' })
    const ids: string[] = []
    for (const name of ['done?key=S3CR3T', 'away']) {
      const { prompt_id: id } = (await run(`${base}/hooks/${name}`)).json() as { readonly prompt_id: string }
      ids.push(id)
      await client.ended(id)
    }
    await expect.poll(() => received.length).toBe(2)
    expect(received.map(({ url }) => url)).toEqual(['/hooks/done?key=S3CR3T', '/hooks/away'])
    expect(JSON.parse(received[0]?.body ?? '')).toEqual({
      prompt_id: ids[0],
      status: 'finished',
      ended_at: expect.any(Number),
      outputs: [],
    })
    for (const path of ['/history', '/jobs', `/jobs/${ids[0]}`])
      expect((await httpCall(server.url, path)).text).not.toContain('S3CR3T')
    await client.close()
  })

  it.each([
    ['another address', () => 'http://evil.example/hooks/', 403],
    ['another port', () => 'http://127.0.0.1:1/hooks/', 403],
    ['another path', () => `${base}/admin`, 403],
    ['a path that goes up', () => `${base}/hooks/../admin`, 403],
    ['a path that goes up, encoded', () => `${base}/hooks/%2e%2e%2fadmin`, 403],
    ['a user', () => base.replace('//', '//a:b@'), 400],
    ['another protocol', () => 'file:///etc/passwd', 400],
    ['no address', () => 'hooks', 400],
    ['no text', () => 7, 400],
  ])('is refused with %s', async (_what, webhook, status) => {
    expect((await run(webhook())).status).toBe(status)
  })
})

describe('sendWebhook', () => {
  const { signal } = new AbortController()
  /** Resolves every name to these addresses. */
  const to = (...addresses: readonly string[]): ResolveName =>
    ((_name: string, _options: object, done: (error: null, found: readonly object[]) => void) => {
      done(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      )
    }) as unknown as ResolveName

  it.each([
    ['127.0.0.1'],
    ['169.254.169.254'],
    ['10.1.2.3'],
    ['::1'],
    ['::ffff:127.0.0.1'],
    ['fd00::1'],
    ['93.184.216.34', '127.0.0.1'],
    [],
  ])('calls no name that leads to %s', async (...addresses) => {
    const target = webhookList(['http://hooks.example'])('http://hooks.example/x')
    const before = received.length
    await expect(sendWebhook(target, '{}', signal, to(...addresses))).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
    expect(received.length).toBe(before)
  })

  it('gives up a call that is cancelled', async () => {
    const target = webhookList([base])(`${base}/x`)
    await expect(sendWebhook(target, '{}', AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' })
  })
})

describe('webhookList', () => {
  it.each(['ftp://x', 'x', 'http://a:b@x', 'http://x/#y', 'http://x/?y'])('takes no entry %s', (entry) => {
    expect(() => webhookList([entry])).toThrow(/no address/)
  })
  it('knows bare addresses from names', () => {
    const list = webhookList(['http://[::1]:80/a', 'http://1.2.3.4/', 'https://x.example/hooks'])
    expect(list('http://[::1]/a').byAddress).toBe(true)
    expect(list('http://1.2.3.4/b').byAddress).toBe(true)
    expect(list('https://x.example/hooks/b').byAddress).toBe(false)
    expect(() => list('https://x.example/hooks-of-others')).toThrow(/not allowed/)
    expect(() => list('http://x.example/hooks/b')).toThrow(/not allowed/)
  })
})

describe('isPublicAddress', () => {
  it.each(['93.184.216.34', '1.1.1.1', '2606:4700::1111', '172.32.0.1', '192.167.1.1'])(
    '%s is',
    (address) => {
      expect(isPublicAddress(address)).toBe(true)
    },
  )
  it.each([
    '0.0.0.0',
    '10.0.0.1',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:10.0.0.1',
    '64:ff9b::a00:1',
    'fe80::1',
    'fc00::1',
    'ff02::1',
    'localhost',
    '',
    '1.2.3',
  ])('%s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false)
  })
})
