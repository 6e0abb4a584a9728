/** Runs the terminal as a process of its own. */
import { type ChildProcess, execFile, type ExecFileOptions } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the repository. */
export const ROOT: string = fileURLToPath(new URL('../../', import.meta.url))

/** The workflow of `dicache start`. */
export const WORKFLOW: string = path.join(ROOT, 'workflows/emoji-flux-dicache.json')

/** The bundled weight files. */
export const MODEL_FOLDER: string = path.join(ROOT, 'packages/emoji-model/model')

const MAIN = path.join(ROOT, 'packages/cli/src/main.ts')

export type Finished = {
  readonly code: number
  /** What ended it, when it did not end by itself; `code` is 1 then. */
  readonly signal?: NodeJS.Signals
  readonly stdout: string
  readonly stderr: string
}

export type ProcessOptions = ExecFileOptions & {
  /** Gets the process when it has started. Without it, stdin is empty. */
  readonly onStart?: (child: ChildProcess) => void
}

/** Runs `dicache …args`; never rejects for an exit code. */
export function dicache(args: readonly string[], options: ProcessOptions = {}): Promise<Finished> {
  return runProcess(process.execPath, [MAIN, ...args], options)
}

/** The words that run the terminal, for shells. */
export const DICACHE: readonly string[] = [process.execPath, MAIN]

export function runProcess(
  command: string,
  args: readonly string[],
  { onStart, ...options }: ProcessOptions = {},
): Promise<Finished> {
  return new Promise((resolve) => {
    const child = execFile(
      command,
      [...args],
      { timeout: 60_000, env: cleanEnvironment(), ...options, encoding: 'utf8' },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1
        resolve({ code, ...(error?.signal && { signal: error.signal }), stdout, stderr })
      },
    )
    if (onStart === undefined) child.stdin?.end()
    else onStart(child)
  })
}

/** Nothing of whoever runs the tests: neither their home nor their device. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const { DICACHE_DEVICE: _device, NODE_OPTIONS: _options, ...env } = process.env
  return { ...env, DICACHE_HOME: path.join(ROOT, 'test/integration/no-such-home') }
}
