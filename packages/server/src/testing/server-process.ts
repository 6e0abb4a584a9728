/** A server in a process of its own, so that it can be killed: `node server-process.ts HOME`. Prints its address. */
import process from 'node:process'
import { createServer } from '../create-server.ts'
import { TEST_PACK } from './test-server.ts'

const [home = ''] = process.argv.slice(2)
const server = await createServer({ home, port: 0, logLevel: 'silent', packs: [TEST_PACK] })
const { url } = await server.listen()
process.send?.({ url, workerPid: server.services.worker.facts()?.pid })
