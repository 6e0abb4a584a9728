/** The server that is measured, with the nodes of the bench: `node bench-server.ts HOME`. Tells its address to its parent. */
import process from 'node:process'
import { createServer } from '@dicache/server'
import { DISK_BYTES } from '../../cache-options.ts'

const [home = ''] = process.argv.slice(2)
const server = await createServer({
  home,
  port: 0,
  logLevel: 'error',
  // As `dicache serve` keeps them.
  cache: { diskBytes: DISK_BYTES },
  packs: [new URL('./bench-pack.ts', import.meta.url).href],
})
const { url } = await server.listen()
process.send?.({ url, workerPid: server.services.worker.facts()?.pid })
process.on('SIGTERM', () => {
  void server.close({ graceMs: 0 }).then(() => process.exit(0))
})
