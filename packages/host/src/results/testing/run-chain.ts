/**
 * A process that runs a chain over a disk cache, made to be killed: `node run-chain.ts FOLDER LENGTH SIZE FIRST`.
 * Lines on stdout, each written before anything else happens: `runs STEP`, `warns TEXT`, `finished STEP`, `end`.
 */
import { writeSync } from 'node:fs'
import process from 'node:process'
import {
  compileDocument,
  createEngine,
  createMemoryCache,
  createRegistry,
  createTieredCache,
} from '@dicache/engine'
import { parseWorkflow } from '@dicache/protocol'
import { testHost } from '@dicache/sdk/testing'
import { createDiskCache } from '../disk-cache.ts'
import { chainDocument, chainPack } from './chain-pack.ts'

const [folder = '', ...numbers] = process.argv.slice(2)
const [length = 1, size = 1, first = 0] = numbers.map(Number)
const tell = (line: string): void => void writeSync(1, `${line}\n`)

const registry = createRegistry([chainPack((step) => tell(`runs ${step}`))])
const disk = createDiskCache({ folder, maxBytes: 2 ** 30, pathOf: ({ filename }) => filename })
const engine = createEngine({
  registry,
  host: testHost(),
  cache: createTieredCache(createMemoryCache(), disk),
})
const parsed = parseWorkflow(chainDocument(length, size, first))
if (!parsed.ok) throw new Error(parsed.problems[0]?.message)
const { graph } = compileDocument(parsed.value, registry)
const { status } = await engine.run(graph, {
  targets: [String(length - 1)],
  onEvent: (event) => {
    if (event.type === 'node.logged') tell(`warns ${event.message}`)
    if (event.type === 'node.finished') tell(`finished ${first + Number(event.nodeId)}`)
  },
})
tell(status === 'finished' ? 'end' : status)
