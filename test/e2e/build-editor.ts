/** Builds the editor into `web/dist`, from where `dicache serve` serves it. */
import { execFile } from 'node:child_process'
import path from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'

const web = path.resolve(import.meta.dirname, '../../web')

/** Builds what the sources are now. */
export async function buildEditor(): Promise<void> {
  const vite = path.join(web, 'node_modules/vite/bin/vite.js')
  await promisify(execFile)(process.execPath, [vite, 'build', '--logLevel', 'error'], { cwd: web })
}
