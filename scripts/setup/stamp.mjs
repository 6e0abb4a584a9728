// The stamp in node_modules says what was installed; while it matches, setting up is one file comparison.
import { createHash } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { SetupError } from './setup-error.mjs'

const INPUTS = ['pnpm-lock.yaml', 'pnpm-workspace.yaml']

/**
 * @param {string} root the repository's folder
 * @param {readonly string[]} tools what besides the repository's files decides the installation
 * @returns {string} a SHA-256 in hexadecimal
 * @throws {SetupError} when a file it covers is missing
 */
export function computeStamp(root, tools) {
  const hash = createHash('sha256').update(JSON.stringify(tools))
  for (const input of INPUTS) {
    const bytes = readIfThere(path.join(root, input))
    if (bytes === undefined)
      throw new SetupError(`${input} is missing from ${root}. Restore it (git checkout ${input}).`)
    hash.update(`\0${input}\0`).update(bytes)
  }
  return hash.digest('hex')
}

/**
 * @param {string} root the repository's folder
 * @returns {string | undefined} the stamp of the last complete installation
 */
export function readStamp(root) {
  return readIfThere(stampFile(root))?.toString('utf8')
}

/**
 * @param {string} root the repository's folder
 * @param {string} stamp
 */
export function writeStamp(root, stamp) {
  writeFileSync(stampFile(root), stamp)
}

/**
 * Forgets the last installation, so that one that is interrupted from here on is done again.
 * @param {string} root the repository's folder
 */
export function clearStamp(root) {
  rmSync(stampFile(root), { force: true })
}

/** @param {string} root */
function stampFile(root) {
  return path.join(root, 'node_modules', '.setup-stamp')
}

/** @param {string} file */
function readIfThere(file) {
  try {
    return readFileSync(file)
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return undefined
    throw error
  }
}
