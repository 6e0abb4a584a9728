import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { EncodedImage, Reporter } from '@dicache/sdk'
import { testHost } from '@dicache/sdk/testing'
import { floatTensor } from '@dicache/tensor'
import { describe, expect, it } from 'vitest'
import { type LatentMap, paintLatent, readLatentMap } from './latent-map.ts'
import { createLatentPreviews, openPreviews } from './latent-previews.ts'

const map: LatentMap = {
  factors: [
    [1, 0, 0],
    [0, 0.5, -1],
  ],
  bias: [0, 0.25, 1],
}

describe('paintLatent', () => {
  it('is a linear map per pixel, clipped', () => {
    const latent = floatTensor([1, 2, 1, 2])
    latent.data.set([1, -1, 0.5, 2])
    expect(paintLatent(map, latent)).toEqual({
      data: Uint8Array.from([255, 128, 128, 0, 255, 0]),
      widthPx: 2,
      heightPx: 1,
    })
  })
  it('shows the first of a batch, and black for NaN', () => {
    const latent = floatTensor([2, 2, 1, 1])
    latent.data.set([Number.NaN, Number.NaN, 1, 1])
    expect(paintLatent(map, latent)?.data).toEqual(Uint8Array.from([0, 0, 0]))
  })
  it.each([[[1, 3, 1, 1]], [[1, 2, 1, 1, 1]], [[0, 2, 1, 1]], [[2, 1]]])('has no picture for %j', (shape) => {
    expect(paintLatent(map, floatTensor(shape))).toBeUndefined()
  })
})

describe('readLatentMap', () => {
  it('reads the file beside the weights, and says what is wrong with it', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'dicache-map-'))
    try {
      const weights = path.join(folder, 'a.safetensors')
      expect(await readLatentMap(weights)).toEqual({})
      await writeFile(path.join(folder, 'a.preview.json'), JSON.stringify(map))
      expect(await readLatentMap(weights)).toEqual({ map })
      for (const text of [
        '{',
        '[]',
        'null',
        '{"factors":[],"bias":[0,0,0]}',
        '{"factors":[[1,2]],"bias":[0,0,0]}',
      ]) {
        await writeFile(path.join(folder, 'a.preview.json'), text)
        const { map: none, fault } = await readLatentMap(weights)
        expect(none).toBeUndefined()
        expect(fault).toContain('a.preview.json')
      }
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

describe('createLatentPreviews', () => {
  const latent = floatTensor([1, 2, 2, 2])
  const reporter = (shown: EncodedImage[], told: string[]): Reporter => ({
    progress: () => undefined,
    showsPreviews: true,
    preview: (image) => {
      if ('mimeType' in image) shown.push(image)
    },
    event: () => undefined,
    log: (text) => {
      told.push(text)
    },
  })
  it('shows one in 250 ms, and never two at once', async () => {
    const shown: EncodedImage[] = []
    let clock = 0
    const previews = createLatentPreviews(
      () => map,
      reporter(shown, []),
      () => clock,
    )
    previews.show(latent)
    previews.show(latent)
    clock = 300
    // The first one is still being encoded.
    previews.show(latent)
    await expect.poll(() => shown.length).toBe(1)
    clock = 400
    previews.show(latent)
    await expect.poll(() => shown.length).toBe(2)
    clock = 500
    previews.show(latent)
    await expect.poll(() => shown.length).toBe(2)
    expect(shown[0]).toMatchObject({ mimeType: 'image/jpeg', widthPx: 256, heightPx: 256 })
  })
  it('are made where somebody sees them, and nowhere else', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'previews-'))
    try {
      await writeFile(path.join(folder, 'a.preview.json'), JSON.stringify(map))
      const open = (name: string, showsPreviews: boolean) =>
        openPreviews(
          { path: path.join(folder, name), key: name },
          { host: testHost(), report: { ...reporter([], []), showsPreviews } },
        )
      const shown = { show: expect.any(Function) }
      // What has colours of its own needs to learn none.
      expect(await open('a.safetensors', true)).toEqual({ previews: shown, sampledBy: undefined })
      expect(await open('a.safetensors', false)).toEqual({ previews: undefined, sampledBy: undefined })
      const sampledBy = expect.stringMatching(/^[0-9a-f]{32}$/)
      expect(await open('b.safetensors', true)).toEqual({ previews: shown, sampledBy })
      expect(await open('b.safetensors', false)).toEqual({ previews: undefined, sampledBy })
    } finally {
      await rm(folder, { recursive: true })
    }
  })
  it('tells a fault once, and throws nothing', async () => {
    const told: string[] = []
    const report = reporter([], told)
    const previews = createLatentPreviews(() => map, {
      ...report,
      preview: () => {
        throw new Error('no screen')
      },
    })
    previews.show(latent)
    await expect.poll(() => told).toEqual(['There are no previews: no screen'])
    previews.show(latent)
    expect(told).toHaveLength(1)
  })
})
