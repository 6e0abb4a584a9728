/** Runs the terminal as a process of its own. */
import { execFile, type ExecFileOptions } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url))

export type Finished = { readonly code: number; readonly stdout: string; readonly stderr: string }

/** Runs `dicache …args`; never rejects for an exit code. */
export function dicache(args: readonly string[], options: ExecFileOptions = {}): Promise<Finished> {
  return runProcess(process.execPath, [MAIN, ...args], options)
}

/** The words that run the terminal, for shells. */
export const DICACHE: readonly string[] = [process.execPath, MAIN]

export function runProcess(
  command: string,
  args: readonly string[],
  options: ExecFileOptions = {},
): Promise<Finished> {
  return new Promise((resolve) => {
    execFile(
      command,
      [...args],
      { timeout: 60_000, ...options, encoding: 'utf8' },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1
        resolve({ code, stdout, stderr })
      },
    )
  })
}
