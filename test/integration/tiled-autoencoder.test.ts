/** Pictures through the bundled autoencoder, tile by tile. */
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { Host } from '@dicache/host'
import type { RunEvent } from '@dicache/protocol'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ApiGraph, runGraph, samplesOf, testHome } from './run-graph.ts'

let home = ''
let host: Host
beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'tiled-'))
  host = await testHome(home)
})
afterAll(async () => {
  await host.dispose()
  await rm(home, { recursive: true, force: true })
})

type Tiles = { readonly tile_size: number; readonly overlap: number }
const video = { temporal_size: 64, temporal_overlap: 8 }

/** A picture with a gradient, encoded and decoded, whole and in tiles. */
function graph(tiles: Tiles): ApiGraph {
  const nodes: Readonly<Record<string, readonly [string, Readonly<Record<string, unknown>>]>> = {
    load: ['LoadModel', { model: 'emoji', t5: 'auto', clip: 'auto', vae: 'auto' }],
    left: ['EmptyImage', { width: 100, height: 168, batch_size: 2, color: 0xff8000 }],
    right: ['EmptyImage', { width: 92, height: 168, batch_size: 2, color: 0x2040a0 }],
    picture: [
      'ImageStitch',
      {
        image1: ['left', 0],
        image2: ['right', 0],
        direction: 'right',
        match_image_size: true,
        spacing_width: 0,
        spacing_color: 'white',
      },
    ],
    latent: ['VAEEncode', { pixels: ['picture', 0], vae: ['load', 2] }],
    whole: ['VAEDecode', { samples: ['latent', 0], vae: ['load', 2] }],
    tiled: ['VAEDecodeTiled', { samples: ['latent', 0], vae: ['load', 2], ...tiles, ...video }],
    encoded: ['VAEEncodeTiled', { pixels: ['picture', 0], vae: ['load', 2], ...tiles, ...video }],
  }
  return Object.fromEntries(
    Object.entries(nodes).map(([id, [type, inputs]]) => [id, { class_type: type, inputs }]),
  ) as unknown as ApiGraph
}

async function pictures(tiles: Tiles) {
  const run = await runGraph(host, graph(tiles), { targets: ['latent', 'whole', 'tiled', 'encoded'] })
  if (run.status !== 'finished') throw new Error(run.error)
  const picture = (node: string): Float32Array => (run.value(node) as { readonly data: Float32Array }).data
  return {
    whole: picture('whole'),
    tiled: picture('tiled'),
    latent: samplesOf(run.value('latent')),
    encoded: samplesOf(run.value('encoded')),
    events: run.events,
  }
}

function deviations(a: Float32Array, b: Float32Array): { readonly worst: number; readonly mean: number } {
  expect(a.length).toBe(b.length)
  const each = a.map((value, n) => Math.abs(value - (b[n] ?? Number.NaN)))
  return {
    worst: each.reduce((x, y) => Math.max(x, y)),
    mean: each.reduce((x, y) => x + y) / each.length,
  }
}

it('one tile is the whole', async () => {
  const { whole, tiled, latent, encoded } = await pictures({ tile_size: 512, overlap: 64 })
  expect(deviations(tiled, whole).worst).toBeLessThan(1e-5)
  expect(deviations(encoded, latent).worst).toBeLessThan(1e-5)
})

it('small tiles look the same without being so, and each is told', async () => {
  const { whole, tiled, latent, encoded, events } = await pictures({ tile_size: 96, overlap: 32 })
  const picture = deviations(tiled, whole)
  // Norms and attention see a tile where they saw the whole.
  expect(picture.mean).toBeLessThan(0.1)
  expect(picture.worst).toBeGreaterThan(1e-4)
  expect(deviations(encoded, latent).mean).toBeLessThan(0.5)
  // 192 × 168 pixels are 24 × 21 cells. An overlap of 32 is cut to 24, which is 3 cells.
  // Tiles of 12 × 12: 3 × 2; of 6 × 24: 7; of 24 × 6: 6; over two pictures.
  const progress = events.flatMap((event) =>
    event.type === 'node.progressed' && event.nodeId === 'tiled' ? [event] : [],
  )
  expect(progress.at(-1)).toMatchObject({ done: 38, total: 38 })
})

it('stops between two tiles', async () => {
  const abort = new AbortController()
  const seen: string[] = []
  const onEvent = (event: RunEvent): void => {
    if (event.type !== 'node.progressed' || event.nodeId !== 'tiled') return
    seen.push(event.type)
    abort.abort()
  }
  const run = await runGraph(host, graph({ tile_size: 64, overlap: 16 }), {
    targets: ['tiled'],
    signal: abort.signal,
    onEvent,
  })
  expect(run.status).toBe('cancelled')
  expect(seen.length).toBeLessThan(3)
})

it('an overlap that is too large becomes a quarter of a tile; videos are refused', async () => {
  const { tiled, whole } = await pictures({ tile_size: 64, overlap: 4096 })
  expect(deviations(tiled, whole).mean).toBeLessThan(0.1)
  const nodes = {
    ...graph({ tile_size: 64, overlap: 16 }),
    latent: {
      class_type: 'EmptyHunyuanLatentVideo',
      inputs: { width: 64, height: 64, length: 5, batch_size: 1 },
    },
  } as unknown as ApiGraph
  const run = await runGraph(host, nodes, { targets: ['tiled'] })
  expect(`${run.status} ${run.error}`).toMatch(/WRONG_SHAPE .*no latent of pictures/)
})
