// Runs any npm script of this project: brings what is missing (Node 24, pnpm, the packages), then the task.
// Plain JavaScript without dependencies, because it is what runs before anything is installed. Node >= 20.19.
import { spawn } from 'node:child_process'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureEditor } from './build-editor.mjs'
import { ensureSetup } from './setup.mjs'
import { SetupError } from './setup/setup-error.mjs'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const [task = 'start', ...args] = process.argv.slice(2)

/** Room for short-lived objects is never given back: a process that mostly waits needs little of it. */
const SERVER_FLAGS = ['--max-semi-space-size=4']
/** Memory that threads gave back is kept by each of their heaps: few of them. Only glibc knows the name. */
const SERVER_ENV = { MALLOC_ARENA_MAX: '2' }
const cli = path.join(root, 'packages/cli/src/main.ts')
/** @type {Readonly<Record<string, readonly string[] | undefined>>} */
const tasks = {
  start: [cli, 'start', ...args],
  dicache: [cli, ...args],
  test: [path.join(root, 'scripts/test.mjs'), ...args],
  check: [path.join(root, 'scripts/test.mjs'), '--check', ...args],
  format: [path.join(root, 'scripts/format.mjs'), ...args],
  setup: undefined,
}

if (!Object.hasOwn(tasks, task)) {
  console.error(`launch: unknown task "${task}". Tasks: ${Object.keys(tasks).join(', ')}.`)
  process.exit(2)
}

try {
  const { node, env } = await ensureSetup(root, {
    updateLock: process.env['DICACHE_SETUP_UPDATE_LOCK'] === '1',
  })
  const command = tasks[task]
  // Stripped sources are kept compiled: a later start loads them faster.
  const cached = { NODE_COMPILE_CACHE: path.join(root, 'node_modules', '.cache', 'node'), ...env }
  if (task === 'start') await ensureEditor(root, { node, env: cached })
  if (command !== undefined) process.exitCode = await runTask(node, command, cached)
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  console.error(`setup: ${error.message}`)
  // Whoever counts tests reads the last line, and nothing was tested.
  if (task === 'test' || task === 'check') console.log('0 passed, 1 failed')
  process.exitCode = error.exitCode
}

function isServer() {
  return task === 'start' || (task === 'dicache' && args[0] === 'serve')
}

/**
 * @param {string} node
 * @param {readonly string[]} command
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>} the exit code, 128 + n for a task that signal n ended
 */
async function runTask(node, command, env) {
  const flags = ['--disable-warning=ExperimentalWarning', ...(isServer() ? SERVER_FLAGS : [])]
  const child = spawn(node, [...flags, ...command], {
    stdio: 'inherit',
    env: isServer() ? { ...SERVER_ENV, ...env } : env,
  })
  // Ctrl-C at a terminal reaches the task by itself; sent on, it would arrive twice and count as a second cancel.
  const terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY
  process.on('SIGINT', () => void (terminal || child.kill('SIGINT')))
  process.on('SIGTERM', () => void child.kill('SIGTERM'))
  process.on('SIGHUP', () => void child.kill('SIGHUP'))
  return await new Promise((resolve, reject) => {
    child.on('error', (error) => reject(new SetupError(`cannot start ${node}: ${error.message}`)))
    child.on('exit', (code, signal) => resolve(code ?? 128 + os.constants.signals[signal ?? 'SIGTERM']))
  })
}
