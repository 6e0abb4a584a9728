/** The program's own server, `dicache serve`, in a process of its own, so that it can be killed and started again. */
import { fork, type ChildProcess } from 'node:child_process'
import path from 'node:path'

const cli = path.resolve(import.meta.dirname, '../../packages/cli/src/main.ts')

export type EditorServer = {
  readonly url: string
  /** Kills it as a power cut would. */
  readonly kill: () => Promise<void>
  /** Starts it again at the same address, over the same home. */
  readonly start: () => Promise<void>
  readonly dispose: () => Promise<void>
}

/** Starts it over a home, with the editor that lies in `web/dist`. */
export async function startServer(home: string): Promise<EditorServer> {
  let child: ChildProcess | undefined
  let url = ''

  async function start(): Promise<void> {
    const port = url === '' ? '0' : new URL(url).port
    const args = [
      'serve',
      '--home',
      home,
      '--port',
      port,
      '--json',
      '--threads',
      '1',
      '--log-level',
      'silent',
    ]
    child = fork(cli, args, {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    const started = child
    url = await new Promise<string>((resolve, reject) => {
      let said = ''
      started.stdout?.on('data', (chunk: Buffer) => {
        said += chunk.toString()
        if (said.includes('\n}')) resolve((JSON.parse(said) as { url: string }).url)
      })
      let complaint = ''
      started.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()))
      started.once('exit', (code) => reject(new Error(`serve ended with ${code}: ${complaint}`)))
    })
    if (!url.endsWith('/')) url += '/'
  }

  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const running = child
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return
    await new Promise<void>((resolve) => {
      running.once('exit', () => resolve())
      running.kill(signal)
    })
  }

  await start()
  return {
    get url() {
      return url
    },
    start,
    kill: () => end('SIGKILL'),
    dispose: () => end('SIGTERM'),
  }
}
