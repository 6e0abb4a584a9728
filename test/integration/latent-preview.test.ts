/** Previews while sampling: they come, they are small JPEGs, and they show the picture that will be. */
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Host } from '@dicache/host'
import type { RunEvent } from '@dicache/protocol'
import type { FloatTensor } from '@dicache/tensor'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiGraph, runGraph, samplerGraph, testHome } from './run-graph.ts'

let home: string
let host: Host
beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'dicache-preview-'))
  host = await testHome(home)
})
afterAll(async () => {
  await host.dispose()
  await rm(home, { recursive: true, force: true })
})

type Previewed = Extract<RunEvent, { type: 'node.previewed' }>

describe('latent previews', () => {
  it('show the picture that is being made', async () => {
    const run = await runGraph(
      host,
      samplerGraph({ prompts: ['a red apple, flat style', ''], steps: 24, seed: 9, cfg: 1 }),
      { targets: ['sampler', 'decode'] },
    )
    const previews = run.events.filter((event): event is Previewed => event.type === 'node.previewed')
    expect(previews.length).toBeGreaterThan(0)
    const last = previews.at(-1)
    expect(last?.image).toMatchObject({ mimeType: 'image/jpeg', widthPx: 256, heightPx: 256 })
    expect(last?.nodeId).toBe('sampler')
    const seen = await preview16(last)
    const wanted = await picture16(run.value('decode'))
    expect(psnr(seen, wanted)).toBeGreaterThan(14)
    // A grey picture would not do.
    const grey = Buffer.alloc(wanted.length, wanted.reduce((sum, value) => sum + value, 0) / wanted.length)
    expect(psnr(seen, wanted)).toBeGreaterThan(psnr(grey, wanted) + 4)
  })
})

const WEIGHTS = new URL('../../packages/emoji-model/model/flux-emoji.safetensors', import.meta.url)

/** A picture, and a few small steps on it: what they show first is nearly what is decoded. */
function refinedGraph(model: string, prompt: string, seed: number): ApiGraph {
  const graph = samplerGraph({ prompts: [prompt, ''], seed, steps: 12, cfg: 1 }) as Record<
    string,
    ApiGraph[string]
  >
  const { sampler, load } = graph
  if (sampler === undefined || load === undefined) throw new TypeError('no sampler')
  return {
    ...graph,
    load: { ...load, inputs: { ...load.inputs, model } },
    refine: { ...sampler, inputs: { ...sampler.inputs, latent: ['sampler', 0], steps: 8, denoise: 0.1 } },
    decode: { class_type: 'VAEDecode', inputs: { vae: ['load', 2], samples: ['refine', 0] } },
  }
}

/** Runs it, and gives how well the first preview of those steps shows the picture, in dB, and whether it is grey. */
async function refine(model: string, prompt: string, seed: number): Promise<{ db: number; isGrey: boolean }> {
  const run = await runGraph(host, refinedGraph(model, prompt, seed), { targets: ['decode'] })
  const shown = run.events.filter(
    (event): event is Previewed => event.type === 'node.previewed' && event.nodeId === 'refine',
  )
  expect([run.error, shown.length > 0]).toEqual(['', true])
  const seen = await preview16(shown[0])
  const isGrey = seen.every((value, at) => Math.abs(value - (seen[at - (at % 3)] ?? 0)) < 8)
  return { db: psnr(seen, await picture16(run.value('decode'))), isGrey }
}

describe('a model whose latents nobody has a map for', () => {
  const note = (): string => path.join(home, 'cache', 'notes', 'latent-colours.json')
  beforeAll(async () => {
    const folder = path.join(home, 'models', 'diffusion_models')
    await mkdir(folder, { recursive: true })
    // Without the map that lies beside it in the program.
    await copyFile(WEIGHTS, path.join(folder, 'mine.safetensors'))
  })

  it('is shown in grey at first, and from the first decoded picture on as well as by a fitted map', async () => {
    const taught = ['a fox, 3d style', 50] as const
    const other = ['a house, 3d style', 54] as const
    expect(await refine('mine.safetensors', ...taught)).toMatchObject({ isGrey: true })
    const learned = await refine('mine.safetensors', ...other)
    const builtIn = await refine('emoji', ...other)
    expect([learned.isGrey, builtIn.isGrey]).toEqual([false, false])
    expect(learned.db).toBeGreaterThan(builtIn.db - 1)
    expect(learned.db).toBeGreaterThan(18)
  })

  it('starts anew where the note is damaged', async () => {
    expect((await readFile(note(), 'utf8')).length).toBeLessThan(50_000)
    for (const text of ['{', 'null', '{"autoencoders":[["a",{"channels":1e9}]],"models":7}']) {
      await writeFile(note(), text)
      expect(await refine('mine.safetensors', 'a fox, 3d style', text.length)).toMatchObject({ isGrey: true })
    }
    expect(await refine('mine.safetensors', 'a fox, 3d style', 99)).toMatchObject({ isGrey: false })
  })
})

/** A preview as 16 × 16 pixels, RGB. */
function preview16(event: Previewed | undefined): Promise<Buffer> {
  return sharp(Buffer.from(event?.image.base64 ?? '', 'base64'))
    .resize(16, 16, { kernel: 'linear' })
    .raw()
    .toBuffer()
}

/** An IMAGE of 128 × 128 as 16 × 16 pixels, RGB. */
function picture16(value: unknown): Promise<Buffer> {
  const picture = value as FloatTensor
  return sharp(
    Uint8Array.from(picture.data, (part) => part * 255),
    { raw: { width: 128, height: 128, channels: 3 } },
  )
    .resize(16, 16, { kernel: 'linear' })
    .raw()
    .toBuffer()
}

function psnr(a: Buffer, b: Buffer): number {
  const error = a.reduce((sum, value, at) => sum + (value - (b[at] ?? 0)) ** 2, 0) / a.length
  return 10 * Math.log10(255 ** 2 / error)
}
