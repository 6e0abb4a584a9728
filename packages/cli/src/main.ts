/** The terminal: `dicache COMMAND …`. Each command is a file, loaded when it is called. */
import { enableCompileCache } from 'node:module'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { type ErrorReport, HostError, toHostError } from '@dicache/protocol'
import type { Command } from './command.ts'
import { helpText } from './help.ts'
import { createTerminal } from './terminal.ts'

const COMMANDS: Readonly<Record<string, () => Promise<{ readonly command: Command }>>> = {
  run: () => import('./commands/run.ts'),
  start: () => import('./commands/start.ts'),
  serve: () => import('./commands/serve.ts'),
  rerun: () => import('./commands/rerun.ts'),
  validate: () => import('./commands/validate.ts'),
  convert: () => import('./commands/convert.ts'),
  nodes: () => import('./commands/nodes.ts'),
  models: () => import('./commands/models.ts'),
  compare: () => import('./commands/compare.ts'),
  verify: () => import('./commands/verify.ts'),
  graph: () => import('./commands/graph.ts'),
  tune: () => import('./commands/tune.ts'),
  bench: () => import('./commands/bench.ts'),
}

/** npm hands a Ctrl-C on once more: two signals closer than this are one wish. */
const TWO_WISHES_MS = 300

// Half of the time of a short command is the compiling of its modules: what was compiled is kept beside the packages.
enableCompileCache(fileURLToPath(new URL('../../../node_modules/.cache/compiled', import.meta.url)))

const [name = 'help', ...args] = process.argv.slice(2)
const terminal = createTerminal({ json: args.includes('--json') })
const cancel = new AbortController()
let interruptedAtMs = 0
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (interruptedAtMs === 0) {
      interruptedAtMs = performance.now()
      terminal.note('stopping; once more stops at once')
      cancel.abort(new HostError('CANCELLED', 'The run was cancelled.'))
    } else if (performance.now() - interruptedAtMs > TWO_WISHES_MS) {
      terminal.end()
      // By the signal itself: process.exit waits for threads that may be what hangs.
      process.removeAllListeners(signal)
      process.kill(process.pid, signal)
    }
  })
}
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough (`| head`) is no fault.
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0)
  const { code, message, exitCode } = toHostError(error)
  terminal.note(`error ${code}: ${message}`)
  process.exit(exitCode)
})

process.exitCode = await main()

async function main(): Promise<number> {
  if (name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(`${helpText}\n`)
    return 0
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (load === undefined)
    return fail(
      new HostError(
        'BAD_REQUEST',
        `there is no command "${name}". Commands: ${Object.keys(COMMANDS).join(', ')}, help.`,
      ),
    )
  try {
    const { command } = await load()
    if (args.includes('--help') || args.includes('-h')) {
      process.stdout.write(`${command.usage}\n`)
      return 0
    }
    return await command.run({ args, terminal, signal: cancel.signal, env: process.env })
  } catch (error) {
    return fail(toHostError(error))
  } finally {
    terminal.end()
  }
}

/** Prints an error once, as JSON where JSON was asked for. */
function fail(error: HostError): number {
  const report: ErrorReport =
    error.code === 'INTERNAL' ? { code: error.code, message: error.message } : error.toJSON()
  terminal.error(report)
  if (error.code === 'INTERNAL' && process.env['DICACHE_DEBUG'] === '1') console.error(error.cause ?? error)
  return error.exitCode
}
