/** Listening on more than the machine itself: nobody comes in without the token. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { io } from 'socket.io-client'
import { afterEach, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type HttpAnswer, httpCall } from '../testing/http-call.ts'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer | undefined
afterEach(async () => {
  await server?.[Symbol.asyncDispose]()
  server = undefined
})

async function openServer(): Promise<{
  readonly url: string
  readonly token: string
  readonly logs: string[]
}> {
  const told: string[] = []
  const logs: string[] = []
  server = await startTestServer({
    host: '0.0.0.0',
    logLevel: 'debug',
    logTo: { write: (line) => void logs.push(line) },
    security: { tellToken: (token) => void told.push(token) },
  })
  expect(told).toHaveLength(1)
  return { url: `http://127.0.0.1:${new URL(server.url).port}`, token: told[0] ?? '', logs }
}

const login = (url: string, token: string): Promise<HttpAnswer> =>
  httpCall(url, '/login', {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: `token=${encodeURIComponent(token)}`,
  })

function socketStatus(url: string, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url.replace('http', 'ws'), { headers })
    socket.on('open', () => {
      resolve(101)
      socket.terminate()
    })
    socket.on('unexpected-response', (_request, { statusCode = 0 }) => resolve(statusCode))
    socket.on('error', reject)
  })
}

it('asks for the token, and takes it as a header, in the query of a socket, and as a cookie', async () => {
  const { url, token } = await openServer()
  expect(token).toMatch(/^[\w-]{32}$/)
  for (const target of ['/system_stats', '/api/object_info', '/openapi.json', '/nothing', '/metrics']) {
    const answer = await httpCall(url, target)
    expect([target, answer.status]).toEqual([target, 401])
    expect(answer.json()).toMatchObject({ error: { type: 'unauthorized' } })
  }
  const bearer = { Authorization: `Bearer ${token}` }
  expect((await httpCall(url, '/system_stats', { headers: bearer })).status).toBe(200)
  // In a URL it would end up in logs: only a socket, which has no other way in a browser, may bring it there.
  expect((await httpCall(url, `/system_stats?token=${token}`)).status).toBe(401)
  expect(await socketStatus(`${url}/ws`)).toBe(401)
  expect(await socketStatus(`${url}/ws?token=${token}`)).toBe(101)
  expect(await socketStatus(`${url}/ws`, bearer)).toBe(101)
  expect(await socketStatus(`${url}/ws?token=x${token}`)).toBe(401)

  const page = await httpCall(url, '/', { headers: { Accept: 'text/html' } })
  expect([page.status, page.headers['location']]).toEqual([303, '/login'])
  const form = await httpCall(url, '/login')
  expect(form.status).toBe(200)
  expect(form.text).toContain('<form method="post" action="/login">')
  expect(form.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/)
  const done = await login(url, token)
  expect([done.status, done.headers['location']]).toEqual([303, '/'])
  const [cookie = ''] = done.headers['set-cookie'] ?? []
  expect(cookie).toMatch(/HttpOnly/)
  expect(cookie).toMatch(/SameSite=Strict/)
  expect(cookie).not.toContain(token)
  const session = { Cookie: cookie.split(';')[0] ?? '' }
  expect((await httpCall(url, '/', { headers: session })).status).toBe(200)
  expect(await socketStatus(`${url}/ws`, session)).toBe(101)
  expect((await httpCall(url, '/', { headers: { Cookie: 'dicache_session=made-up' } })).status).toBe(401)
})

it('holds Socket.IO to it, too', async () => {
  const { url, token } = await openServer()
  const connects = (options: object): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = io(url, { transports: ['websocket'], reconnection: false, forceNew: true, ...options })
      socket.on('connect', () => {
        resolve(true)
        socket.disconnect()
      })
      socket.on('connect_error', () => resolve(false))
    })
  expect(await connects({})).toBe(false)
  expect(await connects({ extraHeaders: { Authorization: `Bearer ${token}` } })).toBe(true)
})

it('still wants the right Host and Origin with it', async () => {
  const { url, token } = await openServer()
  const headers = { Authorization: `Bearer ${token}` }
  expect((await httpCall(url, '/queue', { headers: { ...headers, Host: 'evil.example' } })).status).toBe(403)
  expect((await httpCall(url, '/queue', { headers: { ...headers, Origin: 'null' } })).status).toBe(403)
})

it('makes whoever guesses wait, wherever the guess comes in', async () => {
  const { url, token } = await openServer()
  for (let n = 0; n < 4; n += 1) {
    expect((await login(url, `wrong ${n}`)).status).toBe(401)
    expect((await httpCall(url, '/queue', { headers: { Authorization: 'Bearer wrong' } })).status).toBe(401)
  }
  // Having no token is no guess.
  for (let n = 0; n < 20; n += 1) expect((await httpCall(url, '/queue')).status).toBe(401)
  expect(await socketStatus(`${url}/ws?token=wrong`)).toBe(401)
  expect(await socketStatus(`${url}/ws?token=wrong`)).toBe(401)
  const waits = await httpCall(url, '/queue', { headers: { Authorization: `Bearer ${token}` } })
  expect(waits.status).toBe(429)
  expect(Number(waits.headers['retry-after'])).toBeGreaterThan(0)
  expect((await login(url, token)).status).toBe(429)
  expect(await socketStatus(`${url}/ws?token=${token}`)).toBe(429)
})

it('tells the token once, and to no log or file', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'dicache-token-'))
  try {
    const { url, token, logs } = await openServer()
    await httpCall(url, '/queue', { headers: { Authorization: `Bearer ${token}` } })
    await socketStatus(`${url}/ws?token=${token}`)
    await login(url, token)
    expect(logs.join('')).not.toContain(token)
    const stored = await readFile(path.join(server?.home ?? '', 'state.sqlite'))
    expect(stored.includes(token)).toBe(false)
  } finally {
    await rm(folder, { recursive: true })
  }
})

it.each(['', 'short', '0123456789'])('does not start with the weak token %j', async (token) => {
  await expect(startTestServer({ host: '0.0.0.0', security: { token } })).rejects.toThrow(/16 characters/)
})
