/** The terminal as users have it: a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the repository. */
export const ROOT: string = fileURLToPath(new URL('../../', import.meta.url))

/** The bundled weight files. */
export const MODEL_FOLDER: string = path.join(ROOT, 'packages/emoji-model/model')

/** The two example workflows. */
export const WORKFLOWS = {
  dicache: path.join(ROOT, 'workflows/emoji-flux-dicache.json'),
  ksampler: path.join(ROOT, 'workflows/emoji-flux-ksampler.json'),
} as const

const MAIN = path.join(ROOT, 'packages/cli/src/main.ts')

export type CliEnd = {
  /** The exit code, or null when a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export type CliOptions = {
  /** `DICACHE_HOME`; without it, a folder that does not exist, so that nobody's models are seen. */
  readonly home?: string
  readonly stdin?: string
  /** A program that is to run the terminal, with its first arguments: `['bash', '-c', …, 'sh']`. */
  readonly through?: readonly string[]
  /** Called with every piece of stderr. */
  readonly onStderr?: (text: string, child: ChildProcess) => void
}

const NO_HOME = path.join(ROOT, 'test/integration/no-such-home')

/** Runs `dicache ARGS` to its end. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliEnd> {
  const [command = process.execPath, ...before] = options.through ?? []
  const node = options.through === undefined ? [] : [process.execPath]
  const { DICACHE_DEVICE: _device, NODE_OPTIONS: _options, ...env } = process.env
  const child = spawn(command, [...before, ...node, MAIN, ...args], {
    cwd: ROOT,
    env: { ...env, DICACHE_HOME: options.home ?? NO_HOME },
    stdio: 'pipe',
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    options.onStderr?.(text, child)
  })
  // A process that ends before it has read everything is no fault of the test.
  child.stdin.on('error', () => undefined)
  if (options.stdin !== 'open') child.stdin.end(options.stdin ?? '')
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
}

/** Runs `dicache ARGS --json` and parses its stdout, which must be one JSON document and nothing else. */
export async function runCliJson(
  args: readonly string[],
  options: CliOptions = {},
): Promise<CliEnd & { readonly json: unknown }> {
  const end = await runCli([...args, '--json'], options)
  try {
    return { ...end, json: JSON.parse(end.stdout) }
  } catch (cause) {
    throw new Error(
      `stdout is no JSON document: ${end.stdout.slice(0, 500)} (stderr: ${end.stderr.slice(0, 500)})`,
      {
        cause,
      },
    )
  }
}
