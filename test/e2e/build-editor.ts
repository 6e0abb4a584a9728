/** Builds the editor once for a test file, into a folder of its own. */
import { mkdtemp } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const web = path.resolve(import.meta.dirname, '../../web')

/** The part of Vite that is used. */
type Vite = { readonly build: (options: object) => Promise<unknown> }

/** @returns the folder with `index.html` */
export async function buildEditor(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'dicache-editor-'))
  // Vite is the editor's own dependency, so it is found from there.
  const entry = createRequire(path.join(web, 'package.json')).resolve('vite')
  const vite = (await import(pathToFileURL(entry).href)) as Vite
  await vite.build({
    root: web,
    configFile: path.join(web, 'vite.config.ts'),
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true },
  })
  return folder
}
