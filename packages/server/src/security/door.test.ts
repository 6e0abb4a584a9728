/** Who is let in: every case of the list of attacks, against a real server. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { httpCall, postJson } from '../testing/http-call.ts'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
let port: string
beforeAll(async () => {
  server = await startTestServer({
    security: { allowHosts: ['studio.lan', 'proxy.example:8443', 'https://app.example'] },
  })
  port = new URL(server.url).port
})
afterAll(() => server[Symbol.asyncDispose]())

const PROMPT = { prompt: { 1: { class_type: 'TestValue', inputs: { value: 1, seed: 1 } } } }

/** The status of an upgrade: 101 when it is taken. */
function upgrade(path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}${path}`, { headers })
    socket.on('open', () => {
      resolve(101)
      socket.terminate()
    })
    socket.on('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0)
      response.destroy()
    })
    socket.on('error', reject)
  })
}

const refused: readonly (readonly [string, (own: string) => Record<string, string>])[] = [
  ['an Origin of another host', () => ({ Origin: 'http://evil.example' })],
  ['an Origin of another port', () => ({ Origin: 'http://127.0.0.1:1' })],
  ['an Origin without the port', () => ({ Origin: 'http://127.0.0.1' })],
  ['another loopback name than the Host', () => ({ Origin: `http://localhost:${port}` })],
  ['Origin: null', () => ({ Origin: 'null' })],
  ['an empty Origin', () => ({ Origin: '' })],
  ['an Origin with our host as its user', (own) => ({ Origin: `http://${own}@evil.example` })],
  ['an Origin that only begins like ours', (own) => ({ Origin: `http://${own}.evil.example` })],
  ['Sec-Fetch-Site: cross-site', () => ({ 'Sec-Fetch-Site': 'cross-site' })],
  [
    'a cross-site visit of anything but the page',
    () => ({
      'Sec-Fetch-Site': 'cross-site',
      'Sec-Fetch-Mode': 'navigate',
      'Sec-Fetch-Dest': 'document',
    }),
  ],
  ['a foreign Host', () => ({ Host: 'evil.example' })],
  ['a foreign Host with our port', () => ({ Host: `evil.example:${port}` })],
  [
    'a foreign Host that equals its Origin',
    () => ({ Host: `evil.example:${port}`, Origin: `http://evil.example:${port}` }),
  ],
  ['our address with another port', () => ({ Host: '127.0.0.1:1' })],
  ['our address without a port', () => ({ Host: '127.0.0.1' })],
  ['a Host with a user', (own) => ({ Host: `a@${own}` })],
  ['a Host with a path', (own) => ({ Host: `${own}/x` })],
  ['an allowed name with a wrong port', () => ({ Host: 'proxy.example:1' })],
  ['a name below an allowed one', () => ({ Host: 'x.studio.lan' })],
]

describe('the door', () => {
  it.each(refused)('refuses %s: GET, POST, WebSockets, Socket.IO', async (_name, headersOf) => {
    const headers = { ...headersOf(`127.0.0.1:${port}`) }
    for (const path of [
      '/system_stats',
      '/api/queue',
      '/view?filename=a',
      '/socket.io/?EIO=4&transport=polling',
    ]) {
      const answer = await httpCall(server.url, path, { headers })
      expect([path, answer.status]).toEqual([path, 403])
    }
    const post = await httpCall(server.url, '/prompt', {
      method: 'POST',
      headers: { 'Content-Type': 'text/plain', ...headers },
      body: JSON.stringify(PROMPT),
    })
    expect(post.status).toBe(403)
    expect(post.json()).toMatchObject({ error: { message: expect.any(String) } })
    expect(await upgrade('/ws?clientId=a', headers)).toBe(403)
    expect(await upgrade('/api/ws', headers)).toBe(403)
    expect(await upgrade('/socket.io/?EIO=4&transport=websocket', headers)).toBe(403)
  })

  it.each([
    ['no Origin', () => ({})],
    ['our own Origin', () => ({ Origin: `http://127.0.0.1:${port}`, 'Sec-Fetch-Site': 'same-origin' })],
    ['localhost with its Origin', () => ({ Host: `localhost:${port}`, Origin: `http://localhost:${port}` })],
    ['IPv6 loopback', () => ({ Host: `[::1]:${port}` })],
    ['capitals', () => ({ Host: `LOCALHOST:${port}`, Origin: `http://LocalHost:${port}` })],
    ['an address bar', () => ({ 'Sec-Fetch-Site': 'none' })],
    ['a name that was allowed', () => ({ Host: 'studio.lan', Origin: 'https://studio.lan' })],
    ['a name and port that were allowed', () => ({ Host: 'proxy.example:8443' })],
    ['an Origin that was allowed', () => ({ Origin: 'https://app.example', 'Sec-Fetch-Site': 'cross-site' })],
  ] as readonly (readonly [string, () => Record<string, string>])[])('lets in %s', async (_name, headers) => {
    expect((await httpCall(server.url, '/system_stats', { headers: headers() })).status).toBe(200)
    expect(await upgrade('/ws', headers())).toBe(101)
  })

  it('lets a link from elsewhere open the page, and nothing frame it', async () => {
    const visit = {
      'Sec-Fetch-Site': 'cross-site',
      'Sec-Fetch-Mode': 'navigate',
      'Sec-Fetch-Dest': 'document',
    }
    const page = await httpCall(server.url, '/', { headers: visit })
    expect(page.status).toBe(200)
    expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(page.headers['content-security-policy']).not.toMatch(/unsafe/)
    const framed = { ...visit, 'Sec-Fetch-Dest': 'iframe' }
    expect((await httpCall(server.url, '/', { headers: framed })).status).toBe(403)
    expect((await httpCall(server.url, '/', { method: 'POST', headers: visit })).status).toBe(403)
  })

  it('says nothing to everybody, and names no program', async () => {
    const answer = await httpCall(server.url, '/system_stats')
    expect(answer.headers['access-control-allow-origin']).toBeUndefined()
    expect(answer.headers['x-powered-by']).toBeUndefined()
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
  })

  it('changes nothing on GET', async () => {
    await postJson(server.url, '/settings/a', 1)
    const paths = [
      '/prompt?prompt={}',
      '/interrupt',
      '/free',
      '/queue?clear=true',
      '/history?clear=true',
      '/settings?a=2',
      '/settings/a?value=2',
      '/userdata/a?overwrite=true',
      '/upload/image?image=a',
    ]
    for (const path of paths) {
      const { status } = await httpCall(server.url, path)
      expect([path, status < 500]).toEqual([path, true])
    }
    expect((await httpCall(server.url, '/settings')).json()).toEqual({ a: 1 })
  })
})
