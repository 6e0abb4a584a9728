/** The processes that are measured: their start, their memory, their end. */
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import process from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { HostError } from '@dicache/protocol'

const MAIN = fileURLToPath(new URL('../../main.ts', import.meta.url))
const SERVER = fileURLToPath(new URL('./bench-server.ts', import.meta.url))
const PAGE_BYTES = 4096
const QUIET = '--disable-warning=ExperimentalWarning'
/** As `npm start` starts it. */
const SERVER_FLAGS = [QUIET, '--max-semi-space-size=4']
const SERVER_ENV = { MALLOC_ARENA_MAX: '2', ...process.env }
/** After this long without work a server is idle. */
const IDLE_MS = 3000

export type BenchServer = {
  readonly url: string
  readonly serverBytes: () => Promise<number>
  readonly workerBytes: () => Promise<number>
  readonly stop: () => Promise<void>
}

/** Starts the server with the nodes of the bench. */
export async function startBenchServer(home: string): Promise<BenchServer> {
  const child = fork(SERVER, [home], { execArgv: SERVER_FLAGS, env: SERVER_ENV })
  const [told] = (await once(child, 'message')) as [{ readonly url: string; readonly workerPid: number }]
  return {
    url: told.url,
    serverBytes: () => residentBytes(child.pid ?? 0),
    workerBytes: () => residentBytes(told.workerPid),
    stop: () => stop(child),
  }
}

export type ColdStart = {
  /** From the start of the process until `/system_stats` answered. */
  readonly ms: number
  readonly serverBytes: number
  readonly workerBytes: number
}

/** Starts `serve` in a new process, waits until it answers, and weighs it when it has been idle for a while. */
export async function coldServe(home: string): Promise<ColdStart> {
  const startedAtMs = performance.now()
  const child = spawn(process.execPath, [...SERVER_FLAGS, MAIN, 'serve', '--port', '0', '--home', home], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: SERVER_ENV,
  })
  try {
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const url = /http:\S+/.exec(line.toString())?.[0]
    if (url === undefined) throw new HostError('INTERNAL', `serve said no address: ${line.toString()}`)
    const answer = await fetch(`${url}/system_stats`)
    await answer.text()
    const ms = performance.now() - startedAtMs
    if (!answer.ok) throw new HostError('NOT_FOUND', `/system_stats answered ${answer.status}`)
    await wait(IDLE_MS)
    const worker = await childOf(child.pid ?? 0)
    return {
      ms,
      serverBytes: await residentBytes(child.pid ?? 0),
      workerBytes: worker === undefined ? 0 : await residentBytes(worker),
    }
  } finally {
    await stop(child)
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  await gone
}

/** Resident memory of a process, as Linux tells it. */
async function residentBytes(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/statm`, 'utf8')
  return Number(text.split(' ')[1]) * PAGE_BYTES
}

async function childOf(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
  const [first] = text.split(' ').filter((word) => word !== '')
  return first === undefined ? undefined : Number(first)
}
