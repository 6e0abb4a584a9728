// Runs one of the project's own tools by its JavaScript entry (no shell, so the same on every machine).
import { spawn } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'

/** The repository's folder; the tools run in it. */
export const root = path.resolve(fileURLToPath(import.meta.url), '../../..')

export const biome = 'node_modules/@biomejs/biome/bin/biome'
export const oxlint = 'node_modules/oxlint/bin/oxlint'
export const tsc = 'node_modules/typescript/bin/tsc'
export const vitest = 'node_modules/vitest/vitest.mjs'

/**
 * @param {readonly string[]} command a JavaScript file below the root, and its arguments
 * @returns {Promise<{ readonly code: number, readonly output: string }>} exit code, and stdout with stderr in order of arrival
 */
export function runQuiet(command) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...command], {
      cwd: root,
      env: withColour(),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    /** @type {Buffer[]} */
    const chunks = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk))
    child.on('error', reject)
    child.on('close', (code) => {
      const output = Buffer.concat(chunks).toString('utf8')
      resolve({ code: code ?? 1, output: process.stdout.isTTY ? output : stripVTControlCharacters(output) })
    })
  })
}

/**
 * @param {readonly string[]} command a JavaScript file below the root, and its arguments
 * @returns {Promise<number>} the exit code; the output goes where this process's goes
 */
export function runLoud(command) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...command], {
      cwd: root,
      env: withColour(),
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
}

/** Colours where a person reads, plain text where a program does; what does not listen is stripped above. */
function withColour() {
  return { ...process.env, [process.stdout.isTTY ? 'FORCE_COLOR' : 'NO_COLOR']: '1' }
}
