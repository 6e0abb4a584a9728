import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { RunEvent } from '@dicache/protocol'
import { expect, it } from 'vitest'
import { openStore } from '../store/open-store.ts'
import { connectTo, isLast, startTestServer, stepsOf, temporaryHome } from '../testing/test-server.ts'

const PROCESS = fileURLToPath(new URL('../testing/server-process.ts', import.meta.url))
const RUNS = 50

type Started = { readonly child: ChildProcess; readonly url: string; readonly workerPid: number }

async function startProcess(home: string): Promise<Started> {
  const child = fork(PROCESS, [home], { execArgv: ['--disable-warning=ExperimentalWarning'] })
  const [message] = (await once(child, 'message')) as [{ readonly url: string; readonly workerPid: number }]
  return { child, ...message }
}

async function kill({ child }: Started): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

it('finishes 50 runs once each, in order, with all their events, though it is killed in the middle of them', async () => {
  await using folder = await temporaryHome()
  let started = await startProcess(folder.home)
  let client = connectTo(started.url)
  const ids: string[] = []
  for (let mark = 0; mark < RUNS; mark += 1) {
    const { runId } = await client.ask('run.submit', { document: stepsOf({ mark, steps: 2, stepMs: 10 }) })
    ids.push(runId)
  }
  for (const at of [10, 30]) {
    // In the middle: a run has told that it makes steps, and others wait.
    const middle = new Promise<void>((resolve) => {
      client.socket.on('run.events', ({ events }) => {
        if (events.some(({ type }) => type === 'node.progressed')) resolve()
      })
    })
    await client.ask('run.subscribe', { runId: ids[at] ?? '' })
    await middle
    await kill(started)
    client.socket.disconnect()
    const { workerPid } = started
    await expect.poll(() => isAlive(workerPid), { timeout: 5000 }).toBe(false)
    started = await startProcess(folder.home)
    client = connectTo(started.url)
  }
  const followed = await Promise.all(ids.map((runId) => connectTo(started.url).follow(runId)))
  for (const [index, events] of followed.entries()) {
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1))
    expect(events.filter(isLast).map(({ type }) => type)).toEqual(['run.finished'])
    expect(events[0]?.type).toBe('run.started')
    const marks = events.flatMap((event) =>
      event.type === 'node.finished' ? (event.ui?.['mark'] ?? []) : [],
    )
    expect(new Set(marks)).toEqual(new Set([index]))
    const begun = events.filter(({ type }) => type === 'run.started').length
    expect(begun).toBe(1 + events.filter(({ type }) => type === 'run.requeued').length)
  }
  expect(
    followed.filter((events) => events.some(({ type }) => type === 'run.requeued')).length,
  ).toBeGreaterThan(0)
  const { runs } = await client.ask('history.list', { limit: 500 })
  expect(runs.map(({ runId }) => runId).toReversed()).toEqual(ids)
  await kill(started)
}, 120_000)

/** A home whose server died while it was at its first of two runs, `attempts` times. */
async function cutOff(home: string, attempts: number): Promise<readonly [string, string]> {
  const server = await startTestServer({ home })
  server.server.services.runs.pause()
  const client = server.connect()
  const first = (await client.ask('run.submit', { document: stepsOf({ mark: 1 }) })).runId
  const second = (await client.ask('run.submit', { document: stepsOf({ mark: 2 }) })).runId
  server.server.services.runs.resume()
  server.server.services.runs.pause()
  await server[Symbol.asyncDispose]()
  const store = openStore(home)
  store.setSetting('paused', 'no')
  for (let n = 1; n < attempts; n += 1) store.runs.begin(store.find(first).key, Date.now())
  await store.close()
  return [first, second]
}

const typesOf = (events: readonly RunEvent[]): readonly string[] => events.map(({ type }) => type)

it('ends a run that was going as failed, where that is the policy, and goes on with the next', async () => {
  await using folder = await temporaryHome()
  const [first, second] = await cutOff(folder.home, 1)
  await using server = await startTestServer({ home: folder.home, queue: { interrupted: 'fail' } })
  const client = server.connect()
  expect(typesOf(await client.follow(first)).at(-1)).toBe('run.failed')
  expect(await client.ask('run.get', { runId: first })).toMatchObject({
    status: 'failed',
    error: { code: 'WORKER_DIED' },
  })
  expect(typesOf(await client.follow(second)).at(-1)).toBe('run.finished')
})

it('gives up a run that took the server with it three times', async () => {
  await using folder = await temporaryHome()
  const [first, second] = await cutOff(folder.home, 3)
  await using server = await startTestServer({ home: folder.home })
  const client = server.connect()
  expect(typesOf(await client.follow(first)).at(-1)).toBe('run.failed')
  expect((await client.ask('run.get', { runId: first })).error?.message).toContain('3 times')
  expect(typesOf(await client.follow(second)).at(-1)).toBe('run.finished')
})

it('lets one server only have a home', async () => {
  await using server = await startTestServer()
  await expect(startTestServer({ home: server.home })).rejects.toMatchObject({ code: 'HOME_IN_USE' })
})

it('says which port is taken', async () => {
  await using server = await startTestServer()
  const port = Number(new URL(server.url).port)
  await expect(startTestServer({ port })).rejects.toMatchObject({ code: 'ADDRESS_IN_USE' })
})
