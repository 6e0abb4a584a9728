import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { HostError } from '@dicache/protocol'
import { defineNode, definePack } from '@dicache/sdk'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHost, type Host } from '../create-host.ts'
import { openWorkflow } from '../open-workflow.ts'
import { type ResultCacheOptions, parseBytes, parseCachePolicy } from './result-cache.ts'
import { chainDocument, chainPack } from './testing/chain-pack.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'results-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

describe('policies and sizes are read from words', () => {
  it.each([
    ['bytes', { kind: 'bytes', maxBytes: 2 ** 28 }],
    ['bytes:1.5GiB', { kind: 'bytes', maxBytes: 1.5 * 2 ** 30 }],
    ['classic', { kind: 'classic' }],
    ['lru:100', { kind: 'lru', maxEntries: 100 }],
    ['none', { kind: 'none' }],
  ])('%s', (text, policy) => {
    expect(parseCachePolicy(text)).toEqual(policy)
  })
  it.each([
    '',
    'lru',
    'lru:0',
    'lru:-1',
    'lru:1e3',
    'none:1',
    'classic:',
    'bytes:',
    'bytes:x',
    'bytes:1:2',
    'LRU:1',
  ])('%j is no policy', (text) => {
    expect(() => parseCachePolicy(text)).toThrow(HostError)
  })
  it.each([
    ['0', 0],
    ['4096', 4096],
    ['500MB', 5e8],
    ['2 gib', 2 ** 31],
    ['0.5KiB', 512],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes)
  })
  it.each(['', '-1', '1XB', 'GiB', '1e9', 'NaN', '1.2.3', '__proto__', '1constructor'])(
    '%j is no size',
    (text) => {
      expect(() => parseBytes(text)).toThrow(HostError)
    },
  )
})

/** Runs in a host of its own each time, as another process would. */
async function runIn(
  cache: ResultCacheOptions,
  document: object,
  after: (host: Host) => Promise<void> = async () => undefined,
): Promise<readonly number[]> {
  const ran: number[] = []
  const host = await createHost({ home, packs: [chainPack((step) => ran.push(step))], cache })
  try {
    const targets = Object.keys(document).slice(-1)
    for (let run = 0; run < 2; run++) {
      const { graph } = await openWorkflow(host, JSON.stringify(document))
      if (graph === undefined) throw new Error('no graph')
      expect(await host.engine.run(graph, { targets })).toMatchObject({ status: 'finished' })
      await after(host)
    }
  } finally {
    await host.dispose()
  }
  return ran
}

describe('a host', () => {
  const chain = chainDocument(3, 8, 0)

  it('keeps results in memory, and nothing on disk unless it is asked to', async () => {
    expect(await runIn({}, chain)).toEqual([0, 1, 2])
    expect(await runIn({ policy: { kind: 'none' }, diskBytes: 2 ** 20 }, chain)).toEqual([0, 1, 2, 0, 1, 2])
    expect(readdirSync(home)).toEqual([])
  })

  it('C-9 finds on disk what another host left there', async () => {
    expect(await runIn({ diskBytes: 2 ** 20 }, chain)).toEqual([0, 1, 2])
    expect(await runIn({ diskBytes: 2 ** 20, policy: { kind: 'classic' } }, chain)).toEqual([])
  })

  it('C-10 runs nodes again whose results only live in a process, and only where they are needed', async () => {
    const use = (value: number) => ({
      1: { class_type: 'Opened', inputs: {} },
      2: { class_type: 'Use', inputs: { model: ['1', 0], value } },
    })
    expect(await runIn({ diskBytes: 2 ** 20 }, use(5))).toEqual([-1, 5])
    expect(await runIn({ diskBytes: 2 ** 20 }, use(5))).toEqual([])
    expect(await runIn({ diskBytes: 2 ** 20 }, use(6))).toEqual([-1, 6])
  })

  it('forgets results when it is told to, on disk too, and only memory when models go', async () => {
    const cache = { diskBytes: 2 ** 20 }
    expect(await runIn(cache, chain, (host) => host.free({ models: true, results: false }))).toEqual([
      0, 1, 2,
    ])
    expect(await runIn(cache, chain, (host) => host.free({ models: false, results: true }))).toEqual([
      0, 1, 2,
    ])
    expect(await runIn(cache, chain)).toEqual([0, 1, 2])
  })

  it('lets go of models and of results in memory after a run that went out of memory', async () => {
    let disposed = 0
    const node = defineNode({
      type: 'Greedy',
      version: 1,
      title: 'Greedy',
      category: 'test',
      description: 'Wants too much.',
      output: true,
      run: async ({ host: { resource } }) => {
        await resource('big', async () => ({ value: 1, dispose: () => void disposed++ }))
        throw new HostError('OUT_OF_MEMORY', 'There is not enough memory.')
      },
    })
    const host = await createHost({
      home,
      packs: [definePack({ name: 'greedy', version: '1.0.0', nodes: [node] })],
    })
    const { graph } = await openWorkflow(host, JSON.stringify({ 1: { class_type: 'Greedy', inputs: {} } }))
    if (graph === undefined) throw new Error('no graph')
    expect(await host.engine.run(graph)).toMatchObject({ status: 'failed', error: { code: 'OUT_OF_MEMORY' } })
    expect(disposed).toBe(1)
    await host.dispose()
  })
})
