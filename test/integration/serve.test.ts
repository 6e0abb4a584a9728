/** The server as it is started from the terminal, and its runs made again. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import type {
  Answer,
  ClientToServerEvents,
  EventBatch,
  ServerToClientEvents,
  Submitted,
} from '@dicache/protocol'
import { io, type Socket } from 'socket.io-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder, type TemporaryFolder } from './temporary-folder.ts'
import { DICACHE, dicache, WORKFLOW } from './terminal.ts'

let folder: TemporaryFolder
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(() => folder[Symbol.asyncDispose]())

type Serving = {
  readonly child: ChildProcess
  readonly url: string
  readonly stdout: () => string
  readonly stderr: () => string
}

async function serve(home: string): Promise<Serving> {
  const [node = '', ...words] = DICACHE
  const child = spawn(node, [
    '--disable-warning=ExperimentalWarning',
    ...words,
    'serve',
    '--port',
    '0',
    '--home',
    home,
  ])
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  await once(child.stdout, 'data')
  return { child, url: /http:\S+/.exec(stdout)?.[0] ?? '', stdout: () => stdout, stderr: () => stderr }
}

async function stop({ child }: Serving): Promise<number | null> {
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const [code] = (await gone) as [number | null]
  return code
}

/** Runs the default workflow, and gives the run's id when it has ended. */
async function runDefault(url: string): Promise<string> {
  const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io(url, {
    transports: ['websocket'],
    forceNew: true,
  })
  try {
    const document = await readFile(WORKFLOW, 'utf8')
    const answer: Answer<Submitted> = await socket.emitWithAck('run.submit', {
      document,
      settings: ['steps=3'],
    })
    if (!answer.ok) throw new Error(answer.error.message)
    const { runId } = answer.value
    const ended = new Promise<void>((resolve, reject) => {
      socket.on('run.events', ({ events }: EventBatch) => {
        const last = events.at(-1)
        if (last?.type === 'run.finished') resolve()
        if (last?.type === 'run.failed') reject(new Error(last.error.message))
      })
    })
    await socket.emitWithAck('run.subscribe', { runId })
    await ended
    return runId
  } finally {
    socket.disconnect()
  }
}

describe('dicache serve', () => {
  it('prints one line with the address, answers there, and ends at a wish', async () => {
    const home = folder.at('serve')
    const serving = await serve(home)
    expect(serving.stdout()).toMatch(/^DiCache Studio is at http:\/\/127\.0\.0\.1:\d+\n$/)
    const page = await fetch(serving.url)
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('DiCache Studio')])
    const health = await fetch(`${serving.url}/healthz`)
    expect(await health.json()).toEqual({ ok: true, worker: true, paused: false, remaining: 0 })
    const metrics = await (await fetch(`${serving.url}/metrics`)).text()
    expect(metrics).toContain('dicache_worker_up 1')
    const nothing = await fetch(`${serving.url}/no/such/thing`)
    expect([nothing.status, await nothing.json()]).toEqual([
      404,
      { error: expect.objectContaining({ code: 'NOT_FOUND' }) },
    ])
    expect(await stop(serving)).toBe(0)
  })

  it('says when the port or the home is taken', async () => {
    await using taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const other = await dicache(['serve', '--port', String(port), '--home', folder.at('port')])
    expect([other.code, other.stderr]).toEqual([
      1,
      expect.stringMatching(/^error ADDRESS_IN_USE: port \d+ .* --port/),
    ])
    const home = folder.at('home')
    const serving = await serve(home)
    const second = await dicache(['serve', '--port', '0', '--home', home])
    expect([second.code, second.stderr]).toEqual([1, expect.stringMatching(/^error HOME_IN_USE: .*--home/)])
    await stop(serving)
  })

  it.each([
    ['--port', '70000'],
    ['--port', 'x'],
    ['--interrupted', 'maybe'],
    ['--log-level', 'loud'],
    ['extra'],
  ])('refuses %s %s', async (...words) => {
    const { code, stderr } = await dicache(['serve', ...words, '--home', folder.at('refused')])
    expect([code, stderr]).toEqual([2, expect.stringContaining('error BAD_REQUEST')])
  })
})

describe('dicache rerun', () => {
  it('makes a run of the server again, byte for byte, or says what differs', async () => {
    const home = folder.at('rerun')
    const serving = await serve(home)
    await runDefault(serving.url)
    // Everything of this one comes from the cache; its record names the weight files all the same.
    const runId = await runDefault(serving.url)
    // Beside the server that is running.
    const same = await dicache(['rerun', runId, '--verify', '--json', '--home', home])
    expect([same.code, JSON.parse(same.stdout)]).toEqual([
      0,
      expect.objectContaining({
        runId,
        identical: true,
        differences: [],
        outputs: [expect.objectContaining({ nodeId: '8' })],
        models: ['emoji', 'emoji-t5', 'emoji-clip', 'emoji-ae'].map((name) =>
          expect.objectContaining({ name, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }),
        ),
      }),
    ])
    expect((await dicache(['rerun', 'nobody', '--verify', '--home', home])).stderr).toContain('UNKNOWN_RUN')
    expect(await stop(serving)).toBe(0)

    const database = new DatabaseSync(`${home}/state.sqlite`)
    database.exec(
      `UPDATE outputs SET sha256 = 'other'; DELETE FROM run_models WHERE name = 'emoji-t5';
       UPDATE file_hashes SET sha256 = 'another' WHERE path LIKE '%ae-emoji%'; UPDATE run_texts SET versions = json_set(versions, '$.node', '1.0.0')`,
    )
    database.close()
    const other = await dicache(['rerun', 'last', '--verify', '--home', home])
    expect(other.code).toBe(1)
    expect(other.stdout).toMatch(
      /^output 8 #1: was other \(\d+ bytes\), is [0-9a-f]{64} \(\d+ bytes\)\nmodel vae\/emoji-ae: was another, is [0-9a-f]{64}\nmodel text_encoders\/emoji-t5: was not there, is [0-9a-f]{64}\nnode: was 1\.0\.0, is \d+\.\d+\.\d+\n$/,
    )
  }, 60_000)
})
