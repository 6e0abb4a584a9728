/** Reads the committed text files of a checkout, without asking git. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'

const NOT_COMMITTED: ReadonlySet<string> = new Set([
  'node_modules',
  '.git',
  '.tools',
  '.vitest',
  'dist',
  'output',
  'coverage',
])
const TEXT =
  /(?:\.(?:ts|tsx|mts|js|mjs|json|md|yaml|yml|toml|css|html|vue|proto|py|sh|txt)|\/(?:run|LICENSE|\.gitignore))$/
const MAX_BYTES = 2_000_000

/**
 * @param root the repository's folder
 * @returns text by path from the root, with `/` on every machine
 */
export function readTree(root: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  const visit = (folder: string): void => {
    for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const below = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (NOT_COMMITTED.has(entry.name)) continue
      if (entry.isDirectory()) visit(below)
      else if (TEXT.test(`/${below}`) && statSync(path.join(root, below)).size <= MAX_BYTES) {
        files.set(below, readFileSync(path.join(root, below), 'utf8'))
      }
    }
  }
  visit('')
  return files
}
