import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { Host } from '@dicache/host'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiGraph, runGraph, testHome } from './run-graph.ts'

let home = ''
let host: Host
beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'image-arithmetic-'))
  host = await testHome(home)
})
afterAll(async () => {
  await host.dispose()
  await rm(home, { recursive: true, force: true })
})

type Nodes = Readonly<Record<string, readonly [type: string, inputs: Readonly<Record<string, unknown>>]>>
type Saved = { readonly filename: string; readonly subfolder: string }

function documentOf(nodes: Nodes): ApiGraph {
  return Object.fromEntries(
    Object.entries(nodes).map(([id, [type, inputs]]) => [id, { class_type: type, inputs }]),
  ) as unknown as ApiGraph
}

/** Runs a graph with a SaveImage `save`, and gives the first pixel of each file as it lies on the disk. */
async function savedPixels(nodes: Nodes): Promise<readonly (readonly number[])[]> {
  const { status, error, events } = await runGraph(host, documentOf(nodes), { targets: ['save'] })
  if (status !== 'finished') throw new Error(error)
  const done = events.find((event) => event.type === 'node.finished' && event.nodeId === 'save')
  const files = (done as unknown as { readonly ui: { readonly images: readonly Saved[] } }).ui.images
  return Promise.all(
    files.map(async ({ filename, subfolder }) => {
      const bytes = await readFile(path.join(home, 'output', subfolder, filename))
      return [...(await sharp(bytes).extract({ left: 0, top: 0, width: 1, height: 1 }).raw().toBuffer())]
    }),
  )
}

const grey = (value: number): Nodes => ({
  half: ['SolidMask', { value, width: 4, height: 4 }],
  grey: ['MaskToImage', { mask: ['half', 0] }],
})
const save = (from: string): Nodes => ({ save: ['SaveImage', { images: [from, 0], filename_prefix: 'a' }] })

describe('what lies on the disk', () => {
  it.each([
    ['multiply', 63],
    ['screen', 191],
    ['difference', 0],
  ])('%s of two 0.5 greys is %i', async (blend_mode, wanted) => {
    const inputs = { image1: ['grey', 0], image2: ['grey', 0], blend_factor: 1, blend_mode }
    const pixels = await savedPixels({ ...grey(0.5), blend: ['ImageBlend', inputs], ...save('blend') })
    expect(pixels).toEqual([[wanted, wanted, wanted]])
  })

  it.each([
    [0.999, 254],
    [0.5, 127],
    [0.002, 0],
    [1, 255],
  ])('%d is truncated to %i', async (value, wanted) => {
    expect(await savedPixels({ ...grey(value), ...save('grey') })).toEqual([[wanted, wanted, wanted]])
  })

  it('an inverted picture with alpha is inverted in all four channels', async () => {
    const pixels = await savedPixels({
      red: ['EmptyImage', { width: 2, height: 2, color: 0xff0000 }],
      ...grey(0),
      alpha: ['JoinImageWithAlpha', { image: ['red', 0], alpha: ['half', 0] }],
      negative: ['ImageInvert', { image: ['alpha', 0] }],
      ...save('negative'),
    })
    expect(pixels).toEqual([[0, 255, 255, 0]])
  })
})

describe('lists and lazy inputs', () => {
  const colours: Nodes = {
    colours: ['RangeList', { start: 10, stop: 31, step: 10 }],
    images: ['EmptyImage', { width: 2, height: 2, color: ['colours', 0] }],
  }

  it('a node runs once for each item, and a shorter list repeats its last', async () => {
    const pixels = await savedPixels({
      ...colours,
      more: ['RangeList', { start: 1, stop: 3 }],
      other: ['EmptyImage', { width: 2, height: 2, color: ['more', 0] }],
      batches: ['ImageBatch', { image1: ['images', 0], image2: ['other', 0] }],
      ...save('batches'),
    })
    expect(pixels.map(([, , blue]) => blue)).toEqual([10, 1, 20, 2, 30, 2])
  })

  it('a batch is one item, and is cut anew by RebatchImages', async () => {
    const pixels = await savedPixels({
      ...colours,
      three: ['RebatchImages', { images: ['images', 0], batch_size: 3 }],
      last: ['ImageFromBatch', { image: ['three', 0], batch_index: 2, length: 9 }],
      ...save('last'),
    })
    expect(pixels).toEqual([[0, 0, 30]])
  })

  it('a switch computes one branch for each item', async () => {
    const pixels = await savedPixels({
      ...colours,
      low: ['CompareValues', { a: ['colours', 0], b: 20, comparison: 'less' }],
      negative: ['ImageInvert', { image: ['images', 0] }],
      picked: ['ComfySwitchNode', { switch: ['low', 0], on_true: ['images', 0], on_false: ['negative', 0] }],
      ...save('picked'),
    })
    expect(pixels.map(([, , blue]) => blue)).toEqual([10, 235, 225])
  })

  it('a closed gate skips what is behind it, and the run goes on', async () => {
    const graph = documentOf({
      ...colours,
      gate: ['Gate', { value: ['images', 0], open: false, message: 'closed for the test' }],
      ...save('gate'),
    })
    const { status, events } = await runGraph(host, graph, { targets: ['save'] })
    expect(status).toBe('finished')
    expect(events.filter(({ type }) => type === 'node.blocked')).toMatchObject([
      { nodeId: 'save', message: 'closed for the test' },
    ])
    expect(events.some((event) => event.type === 'node.started' && event.nodeId === 'save')).toBe(false)
  })
})
