// Installs what a fresh machine lacks, once: a pinned Node 24 (as an npm package) where the machine's is older,
// a pinned pnpm, and the workspace's packages. A stamp makes every later call a single file comparison.
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { chooseNode } from './setup/choose-node.mjs'
import { checkNodeRuns, installTools } from './setup/install-tools.mjs'
import { acquireLock } from './setup/lock.mjs'
import { runTool } from './setup/run-tool.mjs'
import { SetupError } from './setup/setup-error.mjs'
import { clearStamp, computeStamp, readStamp, writeStamp } from './setup/stamp.mjs'

/** @typedef {{ readonly node: string, readonly env: NodeJS.ProcessEnv }} Setup the Node to use, and an environment that finds it first */

/**
 * @param {string} root the repository's folder
 * @param {{ readonly updateLock?: boolean }} [options] `updateLock`: install even if nothing changed, and let pnpm
 *   write pnpm-lock.yaml (for a change of dependencies)
 * @returns {Promise<Setup>}
 * @throws {SetupError} when something is missing that this cannot bring
 */
export async function ensureSetup(root, { updateLock = false } = {}) {
  const choice = chooseNode({
    version: process.versions.node,
    platform: process.platform,
    arch: process.arch,
  })
  const tools = path.join(root, '.tools')
  const node =
    choice.kind === 'machine'
      ? process.execPath
      : path.join(tools, 'node_modules', choice.name, choice.binary)
  const setup = { node, env: withNodeFirst(process.env, path.dirname(node)) }
  const pnpm = { name: 'pnpm', version: pnpmVersion(root) }
  const wanted = choice.kind === 'machine' ? [pnpm] : [pnpm, { name: choice.name, version: choice.version }]
  const marks = [process.platform, process.arch, ...wanted.map((tool) => `${tool.name}@${tool.version}`)]
  const isCurrent = () => readStamp(root) === computeStamp(root, marks) && existsSync(node)
  if (!updateLock && isCurrent()) return setup

  mkdirSync(tools, { recursive: true })
  const release = await acquireLock(path.join(tools, 'setup.lock'), {
    onWait: (holder) =>
      console.error(`Waiting for another set-up of this folder (process ${holder?.pid ?? 'unknown'}) …`),
  })
  try {
    if (!updateLock && isCurrent()) return setup // the other process did the work
    console.error('Setting up (first run, or the lock file changed) …')
    clearStamp(root)
    await installTools(tools, wanted)
    if (choice.kind === 'package') checkNodeRuns(node)
    await installPackages(root, setup, updateLock)
    writeStamp(root, computeStamp(root, marks))
    return setup
  } finally {
    release()
  }
}

/**
 * @param {string} root
 * @param {Setup} setup
 * @param {boolean} updateLock
 */
async function installPackages(root, { node, env }, updateLock) {
  const script = path.join(root, '.tools', 'node_modules', 'pnpm', 'bin', 'pnpm.mjs')
  const lock = updateLock ? '--no-frozen-lockfile' : '--frozen-lockfile'
  // The development tools are wanted whatever NODE_ENV says, and CI=true keeps pnpm from asking questions.
  const { NODE_ENV: _, ...rest } = env
  await runTool(
    node,
    [
      script,
      'install',
      lock,
      '--ignore-scripts',
      '--prod=false',
      '--reporter=append-only',
      '--loglevel=warn',
    ],
    {
      cwd: root,
      env: { ...rest, CI: 'true' },
      advice:
        'If it says that the lock file is out of date, a package.json changed: run it with DICACHE_SETUP_UPDATE_LOCK=1. ' +
        'Else: is the npm registry reachable from here, and the disk not full?',
    },
  )
}

/**
 * @param {string} root
 * @returns {string} the version that package.json pins
 */
function pnpmVersion(root) {
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
  const version = /^pnpm@(\d+\.\d+\.\d+)/.exec(manifest.packageManager ?? '')?.[1]
  if (version === undefined) throw new SetupError('package.json has no "packageManager": "pnpm@x.y.z".')
  return version
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} folder
 * @returns {NodeJS.ProcessEnv} a copy with the folder first on the path; Windows may spell the variable `Path`
 */
export function withNodeFirst(env, folder) {
  const key = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH'
  return { ...env, [key]: [folder, env[key]].filter(Boolean).join(path.delimiter) }
}
