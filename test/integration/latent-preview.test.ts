/** Previews while sampling: they come, they are small JPEGs, and they show the picture that will be. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Host } from '@dicache/host'
import type { RunEvent } from '@dicache/protocol'
import type { FloatTensor } from '@dicache/tensor'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runGraph, samplerGraph, testHome } from './run-graph.ts'

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
    const seen = await sharp(Buffer.from(last?.image.base64 ?? '', 'base64'))
      .resize(16, 16, { kernel: 'linear' })
      .raw()
      .toBuffer()
    const picture = run.value('decode') as FloatTensor
    const wanted = await sharp(
      Uint8Array.from(picture.data, (value) => value * 255),
      {
        raw: { width: 128, height: 128, channels: 3 },
      },
    )
      .resize(16, 16, { kernel: 'linear' })
      .raw()
      .toBuffer()
    expect(psnr(seen, wanted)).toBeGreaterThan(14)
    // A grey picture would not do.
    const grey = Buffer.alloc(wanted.length, wanted.reduce((sum, value) => sum + value, 0) / wanted.length)
    expect(psnr(seen, wanted)).toBeGreaterThan(psnr(grey, wanted) + 4)
  })
})

function psnr(a: Buffer, b: Buffer): number {
  const error = a.reduce((sum, value, at) => sum + (value - (b[at] ?? 0)) ** 2, 0) / a.length
  return 10 * Math.log10(255 ** 2 / error)
}
