// Builds the editor (web/dist) when it is not there, or older than what it is made from.
import { existsSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { runTool } from './setup/run-tool.mjs'

/**
 * @param {string} root the repository's folder
 * @param {import('./setup.mjs').Setup} setup
 * @returns {Promise<void>}
 * @throws {import('./setup/setup-error.mjs').SetupError} when the build fails
 */
export async function ensureEditor(root, { node, env }) {
  const web = path.join(root, 'web')
  const vite = path.join(web, 'node_modules', 'vite', 'bin', 'vite.js')
  if (!existsSync(path.join(web, 'index.html')) || !existsSync(vite)) return
  const page = path.join(web, 'dist', 'index.html')
  const made = [web, path.join(root, 'packages/protocol/src'), path.join(root, 'workflows')]
  if (existsSync(page) && statSync(page).mtimeMs >= Math.max(...made.map(newest))) return
  console.error('Building the editor …')
  await runTool(node, [vite, 'build', '--logLevel', 'warn'], {
    cwd: web,
    env,
    advice: 'Remove web/dist and try again.',
  })
}

/**
 * @param {string} folder
 * @returns {number} milliseconds since 1970 of the last change of a file in it, without what is installed or built
 */
function newest(folder) {
  const times = readdirSync(folder, { withFileTypes: true }).map((entry) => {
    if (entry.name === 'node_modules' || entry.name === 'dist' || entry.name.startsWith('.')) return 0
    const full = path.join(folder, entry.name)
    return entry.isDirectory() ? newest(full) : statSync(full).mtimeMs
  })
  return Math.max(0, ...times)
}
