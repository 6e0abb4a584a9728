// Runs an installer with its output on stderr (stdout belongs to the task), and passes a cancel on to it.
import { spawn } from 'node:child_process'
import { SetupError } from './setup-error.mjs'

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])

/**
 * @param {string} command an executable
 * @param {readonly string[]} args
 * @param {{ readonly cwd: string, readonly env: NodeJS.ProcessEnv, readonly advice: string, readonly shell?: boolean }} options
 *   `advice` follows the error's first sentence when the tool fails
 * @returns {Promise<void>}
 * @throws {SetupError} when the tool cannot start, fails, or is cancelled
 */
export async function runTool(command, args, { cwd, env, advice, shell = false }) {
  const child = spawn(command, args, { cwd, env, shell, stdio: ['ignore', 2, 2] })
  /** @type {NodeJS.Signals | undefined} */
  let cancelled
  /** @param {NodeJS.Signals} signal */
  const cancel = (signal) => {
    cancelled = signal
    child.kill(signal)
  }
  for (const signal of SIGNALS) process.on(signal, cancel)
  try {
    /** @type {string | number} */
    const end = await new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('exit', (code, signal) => resolve(code ?? signal ?? 1))
    })
    if (cancelled !== undefined) throw new SetupError('cancelled. The next run starts it again.', 130)
    if (end !== 0)
      throw new SetupError(`"${nameOf(command, args)}" ended with ${end}; its output is above. ${advice}`)
  } catch (error) {
    if (error instanceof SetupError) throw error
    throw new SetupError(
      `cannot start ${command}: ${error instanceof Error ? error.message : String(error)}. ${advice}`,
    )
  } finally {
    for (const signal of SIGNALS) process.off(signal, cancel)
  }
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 */
function nameOf(command, args) {
  const script = /[\\/](npm|pnpm)(?:-cli)?\.[a-z]*js$/.exec(args[0] ?? '')?.[1]
  return script === undefined ? `${command} ${args[0] ?? ''}` : `${script} ${args[1] ?? ''}`
}
