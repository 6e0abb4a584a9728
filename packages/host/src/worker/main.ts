/** The first file of the worker's process: what was compiled before is not compiled again. A worker that died is soon replaced. */
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

enableCompileCache(fileURLToPath(new URL('../../../../node_modules/.cache/compiled', import.meta.url)))
await import('./serve-runs.ts')
