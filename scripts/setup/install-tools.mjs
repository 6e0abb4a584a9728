// Brings pnpm, and Node 24 where needed, into .tools. They are installed beside their place and moved there when
// complete, so what stands in .tools/node_modules is always whole, whatever interrupted an earlier try.
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { runTool } from './run-tool.mjs'
import { SetupError } from './setup-error.mjs'

/** @typedef {{ readonly name: string, readonly version: string }} Tool an npm package at an exact version */

/**
 * @param {string} tools the folder of the tools; it exists, and the caller holds its lock
 * @param {readonly Tool[]} wanted
 */
export async function installTools(tools, wanted) {
  for (const name of readdirSync(tools))
    if (/^(incoming|outgoing)-/.test(name)) removeLeftover(path.join(tools, name))
  if (wanted.every((tool) => installedVersion(tools, tool.name) === tool.version)) return
  const incoming = mkdtempSync(path.join(tools, 'incoming-'))
  try {
    await npmInstall(incoming, wanted)
    replaceTools(tools, incoming)
  } finally {
    removeLeftover(incoming)
  }
}

/**
 * @param {string} folder an empty folder; its node_modules has the packages afterwards
 * @param {readonly Tool[]} wanted
 */
async function npmInstall(folder, wanted) {
  const dependencies = Object.fromEntries(wanted.map((tool) => [tool.name, tool.version]))
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }))
  const flags = ['--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const npm = npmCommand(process.env, process.platform)
  await runTool(npm.command, [...npm.args, 'install', ...flags], {
    cwd: folder,
    env: process.env,
    shell: npm.shell,
    advice: 'Is the npm registry reachable from here, and the disk not full? Then run the command again.',
  })
  const missing = wanted.find((tool) => installedVersion(folder, tool.name) !== tool.version)
  if (missing !== undefined) {
    throw new SetupError(
      `npm ended well but did not install ${missing.name}@${missing.version}. Does an npm setting (os, cpu, omit) keep it out?`,
    )
  }
}

/**
 * @param {string} node a Node executable
 * @throws {SetupError} when it does not run on this machine
 */
export function checkNodeRuns(node) {
  const { status, error, stderr } = spawnSync(node, ['--version'], { encoding: 'utf8' })
  if (status === 0) return
  const reason = error?.message ?? stderr.trim().split('\n').at(0) ?? ''
  throw new SetupError(
    `the Node from npm does not run on this machine (${reason}). Install Node 24.11 or newer, then run the command again.`,
  )
}

/**
 * How to call npm without a shell where possible: `npm run` names its own script in the environment.
 * @param {NodeJS.ProcessEnv} env
 * @param {NodeJS.Platform} platform
 * @returns {{ readonly command: string, readonly args: readonly string[], readonly shell: boolean }}
 */
export function npmCommand(env, platform) {
  const script = env['npm_execpath'] ?? ''
  if (/[\\/]npm-cli\.[cm]?js$/.test(script))
    return { command: process.execPath, args: [script], shell: false }
  return { command: 'npm', args: [], shell: platform === 'win32' }
}

/**
 * @param {string} folder a folder with a node_modules
 * @param {string} name
 * @returns {string | undefined}
 */
function installedVersion(folder, name) {
  try {
    return JSON.parse(readFileSync(path.join(folder, 'node_modules', name, 'package.json'), 'utf8')).version
  } catch {
    return undefined // absent or unreadable: it is installed anew
  }
}

/**
 * @param {string} tools
 * @param {string} incoming
 */
function replaceTools(tools, incoming) {
  const current = path.join(tools, 'node_modules')
  const outgoing = mkdtempSync(path.join(tools, 'outgoing-'))
  try {
    if (existsSync(current)) renameSync(current, path.join(outgoing, 'node_modules'))
    renameSync(path.join(incoming, 'node_modules'), current)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new SetupError(
      `cannot replace ${current} (${reason}). Stop what still runs from it, then run the command again.`,
    )
  }
  removeLeftover(outgoing)
}

/**
 * Removes a folder that no one needs. It may still be in use (an npm that outlived its launcher, a virus scanner):
 * then the next installation of the tools removes it.
 * @param {string} folder
 */
function removeLeftover(folder) {
  try {
    rmSync(folder, { recursive: true, force: true })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    console.error(`setup: leaving ${folder} behind (${reason})`)
  }
}
