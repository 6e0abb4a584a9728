import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { HostError } from '@dicache/protocol'
import { createServer, type ServerOptions } from '@dicache/server'
import { CACHE_OPTIONS, cacheOf } from '../cache-options.ts'
import { type Command, type CommandContext, readWords, type Words } from '../command.ts'
import { HOST_OPTIONS, hostOptionsOf } from '../host-options.ts'

const EDITOR = fileURLToPath(new URL('../../../../web/dist', import.meta.url))
const WORKFLOWS = fileURLToPath(new URL('../../../../workflows', import.meta.url))
const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const
const MAX_PORT = 65_535

export const command: Command = {
  usage: `dicache serve [--port 8188] [--host 127.0.0.1] [--home DIR] [--models DIR]… [--out DIR]
               [--device auto|cpu|cuda|webgpu] [--threads N] [--node-timeout S] [--stuck-after 1800]
               [--cache POLICY] [--disk-cache SIZE] [--no-cache]
               [--max-memory MB] [--interrupted resume|fail] [--log-level warn] [--allow-host NAME]… [--webhook URL]…

Serves the editor, Socket.IO and the API, and prints one line with the address. --port 0 takes a free port.
Queue, history and events are in HOME/state.sqlite: what waits when the server ends is run at its next start, and a run that was
going begins anew (--interrupted fail: it has failed). Ctrl-C gives the run that is going 5 seconds; once more ends at once.
Results of nodes are kept in HOME/cache/results as by dicache run (--cache, --disk-cache, --no-cache): they outlive the server.
--node-timeout: seconds a node may take (0: any). --stuck-after: seconds a worker may stay silent. --max-memory: of the run worker.
Only programs on this machine and the server's own page may use it. With another --host callers need the access token that is printed
at the start, or the one in the environment variable DICACHE_TOKEN. --allow-host: a further name of the server, such as studio.lan or
https://studio.lan behind a proxy. --webhook: an address below which runs may report their end.
Logs are JSON lines on stderr; --log-level is silent, error, warn, info or debug.`,
  async run({ args, terminal, signal, env }) {
    const words = readWords(args, {
      ...HOST_OPTIONS,
      ...CACHE_OPTIONS,
      port: { type: 'string' },
      host: { type: 'string' },
      'node-timeout': { type: 'string' },
      'stuck-after': { type: 'string' },
      'max-memory': { type: 'string' },
      interrupted: { type: 'string' },
      'log-level': { type: 'string' },
      'allow-host': { type: 'string', multiple: true },
      webhook: { type: 'string', multiple: true },
    })
    if (words.positionals.length > 0)
      throw new HostError('BAD_REQUEST', `serve takes no "${words.positionals[0]}"; --help lists the options`)
    const server = await createServer({ ...(await hostOptionsOf(words, env)), ...serverOptions(words, env) })
    try {
      const { url, host, port } = await server.listen()
      terminal.line(`DiCache Studio is at ${url}`)
      terminal.result({ url, host, port, pid: process.pid })
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve()
        signal.addEventListener('abort', () => resolve(), { once: true })
      })
    } finally {
      await server.close()
    }
    return 0
  },
}

function serverOptions(words: Words, env: CommandContext['env']): Omit<ServerOptions, 'home'> {
  const token = env['DICACHE_TOKEN']
  const port = words.count('port', 8188)
  if (port > MAX_PORT)
    throw new HostError('BAD_REQUEST', `--port takes a number up to ${MAX_PORT}, not ${port}`)
  const nodeTimeoutS = words.count('node-timeout', 0)
  const memoryMb = words.count('max-memory', 0)
  return {
    port,
    host: words.text('host') ?? '127.0.0.1',
    cache: cacheOf(words),
    logLevel: oneOf(words, 'log-level', LOG_LEVELS, 'warn'),
    ...(existsSync(path.join(EDITOR, 'index.html')) && { editor: EDITOR }),
    workflows: WORKFLOWS,
    security: {
      allowHosts: words.texts('allow-host'),
      webhooks: words.texts('webhook'),
      ...(token !== undefined && token !== '' && { token }),
    },
    queue: { interrupted: oneOf(words, 'interrupted', ['resume', 'fail'] as const, 'resume') },
    worker: {
      stuckAfterMs: words.count('stuck-after', 1800, 1) * 1000,
      ...(nodeTimeoutS > 0 && { nodeTimeoutMs: nodeTimeoutS * 1000 }),
      ...(memoryMb > 0 && { maxRssBytes: memoryMb * 2 ** 20 }),
    },
  }
}

function oneOf<const T extends string>(words: Words, name: string, known: readonly T[], fallback: T): T {
  const given = words.text(name)
  if (given === undefined) return fallback
  const found = known.find((one) => one === given)
  if (found === undefined)
    throw new HostError('BAD_REQUEST', `--${name} takes ${known.join(', ')}, not "${given}"`)
  return found
}
