import { describe, expect, it, vi } from 'vitest'
import type { EncodedImage } from '@dicache/protocol'
import { createBench } from '../testing/api-graph.ts'

describe('X-8 cancelling', () => {
  it('stops before the next node, and tells that something was left undone', async () => {
    const { run, stage, told } = createBench()
    const abort = new AbortController()
    const result = await run(
      { 1: ['Number', { value: 1 }], 2: ['Add', { a: ['1', 0] }], 3: ['Show', { value: ['2', 0] }] },
      { signal: abort.signal, onEvent: (event) => event.type === 'node.finished' && abort.abort() },
    )
    expect(result.status).toBe('cancelled')
    expect(stage.journal).toEqual(['Number 1'])
    expect(told()).toEqual([])
  })

  it('stops at a report', async () => {
    const { run } = createBench()
    const abort = new AbortController()
    const seen: string[] = []
    const result = await run(
      { 1: ['Report', { steps: 100 }], 2: ['Show', { value: ['1', 0] }] },
      {
        signal: abort.signal,
        onEvent: (event) => {
          seen.push(event.type)
          if (event.type === 'node.progressed' && event.done === 2) abort.abort()
        },
      },
    )
    expect(result).toMatchObject({ status: 'cancelled' })
    expect(seen.filter((type) => type === 'node.progressed')).toHaveLength(2)
    expect(seen.slice(-2)).toEqual(['node.skipped', 'run.cancelled'])
  })

  it('hands the signal to nodes that wait', async () => {
    const { run, stage } = createBench()
    stage.gates.set('never', new Promise(() => undefined))
    const abort = new AbortController()
    const result = await run(
      { 1: ['Wait', { gate: 'never' }], 2: ['Show', { value: ['1', 0] }] },
      {
        signal: abort.signal,
        onEvent: (event) => event.type === 'node.started' && queueMicrotask(() => abort.abort()),
      },
    )
    expect(result).toMatchObject({ status: 'cancelled' })
  })

  it('lets an abort arrive while nothing but quick nodes run', async () => {
    const { run } = createBench()
    const chain = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, index) => [
        `n${index}`,
        ['Add', { a: index === 0 ? 1 : [`n${index - 1}`, 0] }] as const,
      ]),
    )
    const abort = new AbortController()
    setTimeout(() => abort.abort(), 1)
    const result = await run({ ...chain, end: ['Show', { value: ['n19999', 0] }] }, { signal: abort.signal })
    expect(result.status).toBe('cancelled')
  })

  it('refuses to begin a run that is cancelled already', async () => {
    const { run } = createBench()
    await expect(run({}, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELLED' })
  })
})

describe('previews', () => {
  const nodes = { 1: ['Preview', { count: 5 }], 2: ['Show', { value: ['1', 0] }] } as const

  it('are encoded one at a time, only the latest of those that wait, all before the node ends', async () => {
    const encoded: number[] = []
    const { run, told } = createBench({
      encodePreview: async (image) => {
        encoded.push(image.data[0] ?? -1)
        await Promise.resolve()
        return { mimeType: 'image/jpeg', widthPx: 1, heightPx: 1, base64: '' }
      },
    })
    await run(nodes)
    expect(encoded).toEqual([0, 4])
    expect(told().slice(2, 6)).toEqual([
      'node.previewed 1',
      'node.previewed 1',
      'node.previewed 1',
      'node.finished 1',
    ])
  })

  it('are neither encoded nor told in a run that shows none', async () => {
    const encodePreview = vi.fn<() => Promise<EncodedImage>>()
    const { run, told } = createBench({ encodePreview })
    expect((await run(nodes, { previews: false })).status).toBe('finished')
    expect(encodePreview).not.toHaveBeenCalled()
    expect(told().filter((line) => line.startsWith('node.previewed'))).toEqual([])
  })

  it('that cannot be made cost a warning', async () => {
    const { run, events } = createBench({ encodePreview: () => Promise.reject(new Error('no encoder')) })
    expect((await run(nodes)).status).toBe('finished')
    expect(events.filter(({ type }) => type === 'node.logged')).toMatchObject([
      { nodeId: '1', level: 'warning', message: 'A preview could not be made: no encoder' },
    ])
  })
})
