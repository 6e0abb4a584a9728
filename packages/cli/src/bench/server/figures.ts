/** What is measured of a server, one function a figure. Times are milliseconds on the client's clock. */
import { setTimeout as wait } from 'node:timers/promises'
import { isJsonObject } from '@dicache/protocol'
import { type ApiClient, isEnd } from './api-client.ts'
import type { BenchServer } from './processes.ts'
import { connectSocket, type SocketClient } from './socket-client.ts'

const CHAIN = 200
const POSTS = 100
const AT_ONCE = 8

/** `EmptyImage → ImageInvert … → PreviewImage`, as many nodes as said. */
export function chainPrompt(nodes: number, color: number): string {
  const chain = Array.from({ length: nodes - 2 }, (_, index) => [
    String(index + 2),
    { class_type: 'ImageInvert', inputs: { image: [String(index + 1), 0] } },
  ])
  return JSON.stringify({
    1: { class_type: 'EmptyImage', inputs: { width: 64, height: 64, batch_size: 1, color } },
    ...Object.fromEntries(chain),
    [nodes]: { class_type: 'PreviewImage', inputs: { images: [String(nodes - 1), 0] } },
  })
}

export function textPrompt(value: number): string {
  return JSON.stringify({ 1: { class_type: 'BenchText', inputs: { value } } })
}

/** POST of a 200-node graph while the queue is paused: one after the other, then eight at once. */
export async function measurePosts(
  api: ApiClient,
  socket: SocketClient,
): Promise<{ readonly p50Ms: number; readonly p99Ms: number; readonly perSecond: number }> {
  await socket.ask('queue.pause', {})
  const prompt = chainPrompt(CHAIN, 1)
  const times: number[] = []
  for (let n = 0; n < POSTS; n += 1) {
    const startedAtMs = performance.now()
    await api.post(prompt)
    times.push(performance.now() - startedAtMs)
  }
  let left = POSTS * 2
  const startedAtMs = performance.now()
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (left > 0) {
        left -= 1
        await api.post(prompt)
      }
    }),
  )
  const perSecond = (POSTS * 2) / ((performance.now() - startedAtMs) / 1000)
  await socket.ask('queue.clear', {})
  await socket.ask('queue.resume', {})
  return { p50Ms: quantile(times, 0.5), p99Ms: quantile(times, 0.99), perSecond }
}

/** From POST until the first event, and until the end, of a one-node graph; each time another graph, so that nothing is kept. */
export async function measureRoundTrips(
  api: ApiClient,
  count: number,
): Promise<{ readonly firstMs: number; readonly endMs: number; readonly inARowMs: number }> {
  const first: number[] = []
  const end: number[] = []
  const began = performance.now()
  for (let n = 0; n < count; n += 1) {
    const startedAtMs = performance.now()
    const ended = untilEnd(api, () => first.push(performance.now() - startedAtMs))
    await api.post(textPrompt(n))
    await ended
    end.push(performance.now() - startedAtMs)
  }
  return {
    firstMs: quantile(first, 0.5),
    endMs: quantile(end, 0.5),
    inARowMs: ((performance.now() - began) * 100) / count,
  }
}

/** Prompts posted one after the other, until the last ended. */
export async function measureRuns(api: ApiClient, prompts: readonly string[]): Promise<number> {
  let ended = 0
  const all = new Promise<void>((resolve) => {
    const stop = api.listen((type, data) => {
      if (!isEnd(type, data)) return
      ended += 1
      if (ended < prompts.length) return
      stop()
      resolve()
    })
  })
  const startedAtMs = performance.now()
  for (const prompt of prompts) await api.post(prompt)
  await all
  return prompts.length / ((performance.now() - startedAtMs) / 1000)
}

/** One run that shows pictures to many clients. */
export async function measurePreviews(
  server: BenchServer,
  sockets: number,
): Promise<{ readonly share: number; readonly perSecond: number; readonly serverBytes: number }> {
  const clients: SocketClient[] = []
  for (let n = 0; n < sockets; n += 1) clients.push(await connectSocket(server.url))
  const [first] = clients
  if (first === undefined) return { share: 0, perSecond: 0, serverBytes: 0 }
  await first.ask('queue.pause', {})
  const count = 50
  const document = JSON.stringify({
    1: { class_type: 'BenchPreviews', inputs: { count, bytes: 20_000, everyMs: 100 } },
  })
  const run = await first.ask('run.submit', { document })
  const runId = isJsonObject(run) ? run['runId'] : undefined
  await Promise.all(clients.map((client) => client.ask('run.subscribe', { runId })))
  const startedAtMs = performance.now()
  await first.ask('queue.resume', {})
  let serverBytes = 0
  for (let status = 'pending'; status === 'pending' || status === 'running'; await wait(200)) {
    const record = await first.ask('run.get', { runId })
    status = isJsonObject(record) && typeof record['status'] === 'string' ? record['status'] : 'gone'
    serverBytes = Math.max(serverBytes, await server.serverBytes())
  }
  const seconds = (performance.now() - startedAtMs) / 1000
  const pictures = clients.reduce((sum, client) => sum + client.pictures(), 0)
  for (const client of clients) client.close()
  return { share: pictures / (count * sockets), perSecond: pictures / seconds, serverBytes }
}

function untilEnd(api: ApiClient, onFirst: () => void): Promise<void> {
  return new Promise((resolve) => {
    let told = false
    const stop = api.listen((type, data) => {
      if (type === 'execution_start' && !told) {
        told = true
        onFirst()
      }
      if (!isEnd(type, data)) return
      stop()
      resolve()
    })
  })
}

/** A quantile of some values, `q` in 0..1. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN
}
