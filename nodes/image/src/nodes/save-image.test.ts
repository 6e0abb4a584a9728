import { parseJson } from '@dicache/protocol'
import { HostError, type JsonObject } from '@dicache/sdk'
import { nodeContract, runNode, testHost } from '@dicache/sdk/testing'
import { floatTensor } from '@dicache/tensor'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { pngChunks } from '../png/png-chunks.ts'
import { readPngText } from '../png/png-text.ts'
import { goldenFacts, goldenNumbers } from '../testing/golden-case.ts'
import { previewImage } from './preview-image.ts'
import { saveImage } from './save-image.ts'

const images = floatTensor(
  [2, 2, 3, 3],
  Float32Array.from({ length: 36 }, (_, n) => n / 35),
)

async function pixelsOf(bytes: Uint8Array | undefined): Promise<readonly number[]> {
  return [...(await sharp(bytes).raw().toBuffer())]
}

describe.each([
  ['SaveImage', saveImage],
  ['PreviewImage', previewImage],
])('%s', (_, node) => {
  it('keeps the contract', () => nodeContract(node, { inputs: { images } }))

  it('writes the graph and the document into the file, byte by byte as ComfyUI does', async () => {
    const { metadata } = (await goldenFacts('image-files')) as { metadata: Record<string, string> }
    const read = (key: string) => parseJson(metadata[key] ?? '', { keepFloats: true })
    const host = testHost()
    const hidden = { prompt: read('prompt') as JsonObject, document: read('workflow') }
    await runNode(node, { inputs: { images }, host, hidden })
    expect(host.saved).toHaveLength(2)
    for (const { bytes } of host.saved) {
      expect([...readPngText(bytes)]).toEqual([
        ['prompt', metadata['prompt']],
        ['workflow', metadata['workflow']],
      ])
      const types = [...pngChunks(bytes)].map(({ type }) => type)
      expect(types.slice(0, 3)).toEqual(['IHDR', 'tEXt', 'tEXt'])
      expect(types.indexOf('IDAT')).toBeGreaterThan(types.lastIndexOf('tEXt'))
    }
  })

  it('writes no workflow chunk for a document of the API format', async () => {
    const host = testHost()
    await runNode(node, { inputs: { images }, host, hidden: { prompt: { 1: { class_type: 'X' } } } })
    expect([...readPngText(host.saved[0]?.bytes ?? new Uint8Array())]).toEqual([
      ['prompt', '{"1": {"class_type": "X"}}'],
    ])
  })

  it('writes one file a picture, in order, and names them for the user interface', async () => {
    const host = testHost()
    const kind = node === saveImage ? 'output' : 'temp'
    const { outputs } = await runNode(node, { inputs: { images }, host })
    const [first, second] = host.saved
    expect([first, second].map((file) => [file?.extension, file?.kind])).toEqual([
      ['png', kind],
      ['png', kind],
    ])
    expect(await pixelsOf(first?.bytes)).toEqual(
      [...images.data.subarray(0, 18)].map((x) => Math.trunc(255 * x)),
    )
    expect(await pixelsOf(second?.bytes)).toEqual(
      [...images.data.subarray(18)].map((x) => Math.trunc(255 * x)),
    )
    const named = (n: number): object => ({
      filename: `${first?.prefix}_0000${n}_.png`,
      subfolder: '',
      type: kind,
    })
    expect(outputs).toEqual({ ui: { images: [named(1), named(2)] } })
  })

  it('saves nothing of an empty batch, and nothing more once it is cancelled', async () => {
    const host = testHost()
    expect((await runNode(node, { inputs: { images: floatTensor([0, 2, 2, 3]) }, host })).outputs).toEqual({
      ui: { images: [] },
    })
    const abort = new AbortController()
    const stopping = testHost({
      outputs: {
        save: (file) => {
          abort.abort()
          return host.outputs.save(file)
        },
      },
    })
    await expect(runNode(node, { inputs: { images }, host: stopping, signal: abort.signal })).rejects.toThrow(
      'aborted',
    )
    expect(host.saved).toHaveLength(1)
  })

  it.each([[[1, 1, 1, 2]], [[1, 1, 1, 1]], [[1, 0, 4, 3]], [[2, 2, 3]]])(
    'refuses the shape %j',
    async (shape) => {
      const fault = runNode(node, { inputs: { images: floatTensor(shape) } })
      await expect(fault).rejects.toThrow(HostError)
      await expect(fault).rejects.toMatchObject({ code: 'WRONG_SHAPE' })
    },
  )
})

describe('SaveImage', () => {
  it('turns floats into the bytes of the reference', async () => {
    const values = await goldenNumbers('image-uint8', 'value')
    const host = testHost()
    const row = floatTensor([1, 1, values.length / 3, 3], Float32Array.from(values))
    await runNode(saveImage, { inputs: { images: row }, host })
    expect(await pixelsOf(host.saved[0]?.bytes)).toEqual(await goldenNumbers('image-uint8', 'truncated'))
  })

  it('keeps alpha, and the colours of transparent pixels', async () => {
    const rgba = Uint8Array.of(10, 20, 30, 0, 200, 100, 50, 128, 1, 2, 3, 255)
    const host = testHost()
    const picture = floatTensor(
      [1, 1, 3, 4],
      Float32Array.from(rgba, (byte) => byte / 255),
    )
    await runNode(saveImage, { inputs: { images: picture }, host })
    expect(await pixelsOf(host.saved[0]?.bytes)).toEqual([...rgba])
  })

  it('fills the prefix', async () => {
    const host = testHost()
    const prompt = { 3: { class_type: 'KSampler', inputs: { seed: 7 } } }
    const params = { filename_prefix: 'shots/%KSampler.seed%_%width%x%height%_%batch_num%' }
    await runNode(saveImage, { inputs: { images }, params, host, hidden: { prompt } })
    expect(host.saved.map(({ prefix }) => prefix)).toEqual(['shots/7_3x2_0', 'shots/7_3x2_1'])
  })

  it('has the name ComfyUI gives it', async () => {
    const host = testHost()
    await runNode(saveImage, { inputs: { images }, host })
    expect(host.saved[0]?.prefix).toBe('ComfyUI')
  })
})
