import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { bytesSource, HostError, pictureKind, readPictureWorkflow } from '../index.ts'
import { readPngTexts } from './png-texts.ts'
import { exif, join, png, pngChunk, webp } from './testing/make-pictures.ts'
import { readExifTexts, readWebpTexts } from './webp-texts.ts'

const UI = '{"nodes": [{"id": 1, "type": "Grün"}], "links": []}'
const API = '{"1": {"class_type": "A", "inputs": {}}}'
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const pngTexts = async (...chunks: readonly Uint8Array[]) => [
  ...(await readPngTexts(bytesSource(png(...chunks)))).texts,
]
const workflowOf = (file: Uint8Array): Promise<string> => readPictureWorkflow(bytesSource(file), 'a.png')

describe('D-21 PNG', () => {
  it('gives tEXt, zTXt, iTXt and comf; the first of a keyword counts', async () => {
    expect(
      await pngTexts(
        pngChunk('tEXt', `prompt\0${API}`),
        pngChunk('tEXt', 'prompt\0second'),
        pngChunk('IDAT', 'tEXtworkflow\0not a chunk'),
        pngChunk('zTXt', join(bytes('z\0\0'), deflateSync('packed'))),
        pngChunk('iTXt', 'i\0\0\0de\0Wort\0grün'),
        pngChunk('iTXt', join(bytes('p\0\x01\0\0\0'), deflateSync('猫'))),
        pngChunk('comf', `workflow\0${UI}`),
      ),
    ).toEqual([
      ['prompt', API],
      ['z', 'packed'],
      ['i', 'grün'],
      ['p', '猫'],
      ['workflow', UI],
    ])
  })

  it('is read as UTF-8, or else as Latin-1', async () => {
    expect(await pngTexts(pngChunk('tEXt', join(bytes('k\0caf'), [0xe9])))).toEqual([['k', 'café']])
  })

  it('leaves out texts that are damaged, and keeps the others', async () => {
    expect(
      await pngTexts(
        pngChunk('tEXt', 'no end of the keyword'),
        pngChunk('tEXt', '\0no keyword'),
        pngChunk('zTXt', 'z\0\0this is not packed'),
        pngChunk('zTXt', join(bytes('cut\0\0'), deflateSync('x'.repeat(5000)).subarray(0, 12))),
        pngChunk('iTXt', 'i\0\0\0no end'),
        pngChunk('iTXt', 'i'),
        pngChunk('tEXt', 'a\0b'),
      ),
    ).toEqual([['a', 'b']])
  })

  it('unpacks no more than a document may have', async () => {
    const bomb = deflateSync(Buffer.alloc(80 * 2 ** 20))
    expect(bomb.length).toBeLessThan(100_000)
    expect(await pngTexts(pngChunk('zTXt', join(bytes('z\0\0'), bomb)), pngChunk('tEXt', 'a\0b'))).toEqual([
      ['a', 'b'],
    ])
  })

  it('is read where the text stands, and not as a whole', async () => {
    const file = png(pngChunk('IDAT', new Uint8Array(100_000)), pngChunk('tEXt', `workflow\0${UI}`))
    let read = 0
    const source = bytesSource(file)
    const counted = {
      ...source,
      read: (offset: number, length: number) => {
        read += length
        return source.read(offset, length)
      },
    }
    expect(await readPictureWorkflow(counted, 'a.png')).toBe(UI)
    expect(read).toBeLessThan(1000)
  })
})

describe('D-21 WebP', () => {
  it.each([true, false])('gives the texts of its EXIF block (little-endian: %s)', async (little) => {
    const block = exif(
      [
        [0x110, `prompt:${API}`],
        [0x10f, `workflow:${UI}`],
        [0x10e, 'no key'],
        [0x10d, 'my_key:1'],
      ],
      little,
    )
    const wanted = [
      ['prompt', API],
      ['workflow', UI],
      ['my_key', '1'],
    ]
    expect([...(await readWebpTexts(bytesSource(webp(block)))).texts]).toEqual(wanted)
    expect([...readExifTexts(join(bytes('Exif\0\0'), block))]).toEqual(wanted)
    expect(await workflowOf(webp(block))).toBe(UI)
  })

  it('survives every cut and every changed byte', async () => {
    const whole = webp(exif([[0x110, `prompt:${API}`]]))
    for (let at = 0; at < whole.length; at++) {
      for (const file of [whole.subarray(0, at), whole.with(at, 255), whole.with(at, 0)]) {
        const found: unknown = await workflowOf(file).catch((error: unknown) => error)
        expect(typeof found === 'string' || found instanceof HostError).toBe(true)
      }
    }
  })

  it('is not held up by many fields that name the same bytes', () => {
    const text = `k:${'x'.repeat(2 ** 20)}`
    const fields = Array.from({ length: 60_000 }, (_, tag) => [tag, ''] as const)
    const block = join(exif(fields), bytes(text))
    const view = new DataView(block.buffer)
    for (let field = 0; field < fields.length; field++) {
      view.setUint32(10 + field * 12 + 4, text.length, true)
      view.setUint32(10 + field * 12 + 8, block.length - text.length, true)
    }
    expect(readExifTexts(block).get('k')).toHaveLength(2 ** 20)
  })
})

describe('D-21 what a picture carries', () => {
  const tagged = (key: string, value: string): Uint8Array => pngChunk('tEXt', `${key}\0${value}`)

  it('is the document of the editor before the prompt, where it is one', async () => {
    expect(await workflowOf(png(tagged('prompt', API), tagged('workflow', UI)))).toBe(UI)
    expect(await workflowOf(png(tagged('prompt', API)))).toBe(API)
    expect(await workflowOf(png(tagged('prompt', API), tagged('workflow', '{broken')))).toBe(API)
    expect(await workflowOf(png(tagged('workflow', '{broken')))).toBe('{broken')
  })

  it.each<[string, Uint8Array, RegExp]>([
    ['no text', png(), /a\.png carries no workflow/],
    ['other texts', png(tagged('Title', 'A cat')), /carries no workflow/],
    ['a cut file', png().subarray(0, 20), /breaks off/],
    ['a cut text', png(tagged('workflow', UI)).subarray(0, 60), /breaks off/],
    ['a length beyond the end', join(png().subarray(0, 33), [127, 0, 0, 0], bytes('tEXt')), /breaks off/],
    ['a WebP without EXIF', join(bytes('RIFF'), [4, 0, 0, 0], bytes('WEBP')), /carries no workflow/],
    ['a JPEG', Uint8Array.of(255, 216, 255, 224), /of the kind JPEG/],
    ['a film', join([0, 0, 0, 32], bytes('ftypisom')), /AVIF or MP4/],
    ['text', bytes('{}'), /no picture/],
    ['nothing', new Uint8Array(), /no picture/],
  ])('a clear error for %s', async (_, file, words) => {
    const error: unknown = await workflowOf(file).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'UNSUPPORTED_FILE', exitCode: 2, path: 'a.png' })
    expect(String(error)).toMatch(words)
  })

  it('is told apart by the first bytes', () => {
    expect(pictureKind(png())).toBe('PNG')
    expect(pictureKind(bytes('GIF89a'))).toBe('GIF')
    expect(pictureKind(Uint8Array.of(0x1a, 0x45, 0xdf, 0xa3))).toBe('WebM')
    expect(pictureKind(bytes(UI))).toBeUndefined()
    expect(pictureKind(new Uint8Array())).toBeUndefined()
  })
})
