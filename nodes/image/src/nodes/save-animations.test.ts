import { nodeContract, runNode, testHost } from '@dicache/sdk/testing'
import { toBytes } from '@dicache/tensor'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { decodeImage } from '../load/decode-image.ts'
import { readPngText } from '../png/png-text.ts'
import { counted, tensor } from '../testing/run-picture.ts'
import { saveAnimatedPng } from './save-animated-png.ts'
import { saveAnimatedWebp } from './save-animated-webp.ts'
import { saveImageWebsocket } from './save-image-websocket.ts'

const images = counted([3, 2, 4, 3], 71)
const hidden = { prompt: { 1: { class_type: 'é' } }, document: { nodes: [], note: 'x'.repeat(5000) } }
const { signal } = new AbortController()

describe.each([
  ['SaveAnimatedPNG', saveAnimatedPng, 'png'],
  ['SaveAnimatedWEBP', saveAnimatedWebp, 'webp'],
] as const)('%s', (_, node, extension) => {
  it('keeps the contract', () => nodeContract(node, { inputs: { images } }))

  it('writes one file whose pictures are those that went in, truncated to bytes', async () => {
    const host = testHost()
    const { outputs } = await runNode(node, { inputs: { images }, params: { fps: 8 }, host, hidden })
    expect(host.saved).toHaveLength(1)
    const [file] = host.saved
    expect(file).toMatchObject({ extension, kind: 'output' })
    expect(outputs).toMatchObject({ ui: { animated: [true] } })
    const back = await decodeImage(file?.bytes ?? new Uint8Array(), signal)
    expect(back.image.shape).toEqual(images.shape)
    expect(toBytes(back.image, 'round').data).toEqual(toBytes(images).data)
  })

  it('writes a still file of one picture, and refuses what is none', async () => {
    const host = testHost()
    const rgba = counted([1, 2, 2, 4], 16)
    const { outputs } = await runNode(node, { inputs: { images: rgba }, host, hidden })
    expect(outputs).toMatchObject({ ui: { animated: [false] } })
    const facts = await sharp(host.saved[0]?.bytes).metadata()
    expect([facts.width, facts.height, facts.channels, facts.pages ?? 1]).toEqual([2, 2, 4, 1])
    for (const bad of [tensor([1, 1, 1, 2], 0, 0), tensor([1, 1, 1], 0)])
      await expect(runNode(node, { inputs: { images: bad } })).rejects.toMatchObject({ code: 'WRONG_SHAPE' })
  })
})

it('keeps the workflow in PNG behind the pictures, as ComfyUI does', async () => {
  const host = testHost()
  await runNode(saveAnimatedPng, { inputs: { images }, host, hidden })
  const bytes = host.saved[0]?.bytes ?? new Uint8Array()
  expect([...readPngText(bytes)]).toEqual([
    ['prompt', '{"1": {"class_type": "\\u00e9"}}'],
    ['workflow', `{"nodes": [], "note": "${'x'.repeat(5000)}"}`],
  ])
  expect(Buffer.from(bytes).lastIndexOf('comf')).toBeGreaterThan(Buffer.from(bytes).lastIndexOf('fdAT'))
  await expect(runNode(saveAnimatedPng, { inputs: { images }, params: { fps: 0.01 } })).rejects.toMatchObject(
    {
      code: 'VALUE_OUT_OF_RANGE',
    },
  )
})

it('keeps the workflow in the EXIF of WebP, and shows each picture so long', async () => {
  const host = testHost()
  await runNode(saveAnimatedWebp, { inputs: { images }, params: { fps: 8 }, host, hidden })
  const { exif, delay, loop } = await sharp(host.saved[0]?.bytes, { pages: -1 }).metadata()
  const text = exif?.toString('latin1') ?? ''
  expect(text).toContain('prompt:{"1": {"class_type": "\\u00e9"}}')
  expect(text).toContain(`workflow:{"nodes": [], "note": "${'x'.repeat(5000)}"}`)
  expect([delay, loop]).toEqual([[125, 125, 125], 0])
})

describe('SaveImageWebsocket', () => {
  it('keeps the contract', () => nodeContract(saveImageWebsocket, { inputs: { images } }))

  it('sends every picture whole, and always', async () => {
    const { previews, progress } = await runNode(saveImageWebsocket, { inputs: { images } })
    expect(progress.at(-1)).toEqual([3, 3])
    expect(previews).toHaveLength(3)
    const [first] = previews as readonly { readonly base64: string; readonly mimeType: string }[]
    expect(first?.mimeType).toBe('image/png')
    const pixels = await sharp(Buffer.from(first?.base64 ?? '', 'base64'))
      .raw()
      .toBuffer()
    expect([...pixels]).toEqual([...toBytes(images).data.subarray(0, 24)])
    expect(saveImageWebsocket.fingerprint?.({ params: {}, host: testHost(), signal })).toBeNaN()
  })
})
