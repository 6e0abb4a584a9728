import process from 'node:process'
import type { RunEvent } from '@dicache/protocol'
import { expect, it } from 'vitest'
import {
  documentOf,
  harmBy,
  startTestServer,
  stepsOf,
  type TestClient,
  twoNodes,
} from '../testing/test-server.ts'

/** Resolves with the first event of a type. Listen before the run is followed. */
function heard(client: TestClient, runId: string, type: RunEvent['type']): Promise<void> {
  return new Promise((resolve) => {
    const listener = ({ events }: { readonly events: readonly RunEvent[] }): void => {
      if (!events.some((event) => event.runId === runId && event.type === type)) return
      client.socket.off('run.events', listener)
      resolve()
    }
    client.socket.on('run.events', listener)
  })
}

async function run(client: TestClient, document: string): Promise<RunEvent | undefined> {
  const { runId } = await client.ask('run.submit', { document })
  return (await client.follow(runId)).at(-1)
}

it('fails the run of a worker that is killed, has the next one up, and goes on: twenty times', async () => {
  await using server = await startTestServer()
  const client = server.connect()
  const { worker } = server.server.services
  const pids = new Set<number>()
  for (let n = 0; n < 20; n += 1) {
    const { runId } = await client.ask('run.submit', { document: stepsOf({ steps: 10_000, stepMs: 1 }) })
    const next = await client.ask('run.submit', { document: twoNodes(n) })
    const going = heard(client, runId, 'node.progressed')
    const ended = client.follow(runId)
    await going
    const pid = worker.facts()?.pid ?? 0
    pids.add(pid)
    process.kill(pid, 'SIGKILL')
    expect((await ended).at(-1)).toMatchObject({
      type: 'run.failed',
      failed: ['1'],
      error: { code: 'WORKER_DIED', nodeId: '1' },
    })
    expect((await client.follow(next.runId)).at(-1)?.type).toBe('run.finished')
  }
  expect(pids.size).toBe(20)
  expect(worker.facts()?.restarts).toBe(20)
}, 120_000)

it.each([
  ['crash', 'WORKER_DIED', 'SIGABRT'],
  ['exit', 'WORKER_DIED', 'code 3'],
  ['heap', 'OUT_OF_MEMORY', 'out of memory'],
  ['hang', 'TIMED_OUT', 'did not answer'],
  ['wait', 'TIMED_OUT', 'took longer than it may'],
  ['throw', 'NODE_FAILED', 'on purpose'],
])('says what happened to a node that does %s', async (how, code, words) => {
  await using server = await startTestServer({
    worker: {
      maxHeapMb: 96,
      stuckAfterMs: how === 'hang' ? 2500 : 60_000,
      nodeTimeoutMs: how === 'wait' ? 200 : 60_000,
    },
  })
  const client = server.connect()
  const last = await run(client, harmBy(how))
  expect(last).toMatchObject({ type: 'run.failed', error: { code, nodeId: '1' } })
  expect(last?.type === 'run.failed' && last.error.message).toContain(words)
  expect((await run(client, twoNodes(1)))?.type).toBe('run.finished')
})

it('stops a worker that takes more memory than it may', async () => {
  await using server = await startTestServer({ worker: { maxRssBytes: 40 * 2 ** 20 } })
  const last = await run(server.connect(), stepsOf({ steps: 100_000, stepMs: 10 }))
  expect(last).toMatchObject({ type: 'run.failed', error: { code: 'OUT_OF_MEMORY' } })
})

it('cancels a run after the step it is in; a second wish kills the worker', async () => {
  await using server = await startTestServer()
  const client = server.connect()
  const pid = server.server.services.worker.facts()?.pid
  const gentle = await client.ask('run.submit', { document: stepsOf({ steps: 100_000, stepMs: 5 }) })
  const events = client.follow(gentle.runId)
  expect(await client.ask('run.cancel', { runId: gentle.runId })).toBe('cancelling')
  expect((await events).at(-1)?.type).toBe('run.cancelled')
  expect(server.server.services.worker.facts()?.pid).toBe(pid)

  const deaf = await client.ask('run.submit', { document: harmBy('hang') })
  // Before its node has begun, a run goes at the first wish.
  const begun = heard(client, deaf.runId, 'node.started')
  const killed = client.follow(deaf.runId)
  await begun
  expect(await client.ask('run.cancel', { runId: deaf.runId })).toBe('cancelling')
  expect(await client.ask('run.cancel', { runId: deaf.runId })).toBe('killed')
  expect((await killed).at(-1)?.type).toBe('run.cancelled')
  expect((await run(client, twoNodes(2)))?.type).toBe('run.finished')
})

it('keeps what is loaded from run to run until it is freed, and hides the environment', async () => {
  process.env['SECRET_TOKEN'] = 'hidden'
  await using server = await startTestServer()
  const client = server.connect()
  const made = async (): Promise<unknown> => {
    const { runId } = await client.ask('run.submit', { document: documentOf({ 1: ['TestResource'] }) })
    const finished = (await client.follow(runId)).find(({ type }) => type === 'node.finished')
    return finished?.type === 'node.finished' ? finished.ui : undefined
  }
  const first = await made()
  expect(first).toMatchObject({ pid: [server.server.services.worker.facts()?.pid], token: [null] })
  expect(await made()).toEqual(first)
  await server.server.services.worker.free({ models: true })
  expect(await made()).not.toEqual(first)
  delete process.env['SECRET_TOKEN']
})
