import { readFile } from 'node:fs/promises'
import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { goldenFacts, goldenPath } from '../testing/golden-case.ts'
import { PngError, pngChunk, pngChunks } from './png-chunks.ts'
import { readPngText, withPngText } from './png-text.ts'

const png: Uint8Array = await sharp(
  Uint8Array.from({ length: 18 }, (_, n) => n),
  {
    raw: { width: 3, height: 2, channels: 3 },
  },
)
  .png()
  .toBuffer()
const HEADER_END = 33

describe('withPngText', () => {
  it('puts tEXt chunks behind the header, and changes nothing else', async () => {
    const tagged = withPngText(png, { prompt: '{"a": "\\u00e9"}', workflow: 'é' })
    expect([...pngChunks(tagged)].map(({ type }) => type).slice(0, 3)).toEqual(['IHDR', 'tEXt', 'tEXt'])
    expect([...readPngText(tagged)]).toEqual([
      ['prompt', '{"a": "\\u00e9"}'],
      ['workflow', 'é'],
    ])
    // A reader of someone else's finds the same.
    const { comments } = await sharp(tagged).metadata()
    expect(comments?.[0]).toEqual({ keyword: 'prompt', text: '{"a": "\\u00e9"}' })
    const [before, after] = await Promise.all([png, tagged].map((bytes) => sharp(bytes).raw().toBuffer()))
    expect(after).toEqual(before)
  })

  it('refuses what tEXt cannot hold, and files that are no PNG', () => {
    expect(() => withPngText(png, { a: '猫' })).toThrow(RangeError)
    expect(() => withPngText(png, { a: 'x\0y' })).toThrow(RangeError)
    expect(() => withPngText(png, { ['k'.repeat(80)]: '' })).toThrow(/1 to 79/)
    expect(() => withPngText(png, { '': '' })).toThrow(/1 to 79/)
    expect(() => withPngText(new Uint8Array(50), {})).toThrow(PngError)
  })
})

describe('readPngText', () => {
  it('reads tEXt, zTXt, iTXt and comf, as UTF-8 or else Latin-1; the first of a keyword wins', () => {
    const whole = insert(
      ['tEXt', Buffer.from('k\0caf\u00e9', 'latin1')],
      ['tEXt', Buffer.from('u\0grün 🦊')],
      ['zTXt', Buffer.concat([Buffer.from('z\0\0'), deflateSync('packed')])],
      ['iTXt', Buffer.from('i\0\0\0de\0Wort\0\u{feff}grün')],
      ['iTXt', Buffer.concat([Buffer.from('p\0\u0001\0\0\0'), deflateSync('猫')])],
      ['comf', Buffer.from('c\0{}')],
      ['tEXt', Buffer.from('k\0second')],
      ['tEXt', Buffer.from('no end')],
      ['iTXt', Buffer.from('x\0\0\0no end')],
    )
    expect([...readPngText(whole)]).toEqual([
      ['k', 'café'],
      ['u', 'grün 🦊'],
      ['z', 'packed'],
      ['i', '\u{feff}grün'],
      ['p', '猫'],
      ['c', '{}'],
    ])
  })

  it('reads the workflow of an animation', async () => {
    const { metadata } = (await goldenFacts('image-files')) as { metadata: Record<string, string> }
    const texts = readPngText(await readFile(goldenPath('image-files/animation.png')))
    expect(texts.get('prompt')).toBe(metadata['prompt'])
    expect(texts.get('workflow')).toBe(metadata['workflow'])
  })

  it.each([
    ['no PNG', new Uint8Array(20), /first bytes/],
    ['nothing', new Uint8Array(), /first bytes/],
    ['only a signature', png.subarray(0, 8), /end chunk/],
    ['a file cut in a chunk', png.subarray(0, 60), /beyond its end|end chunk/],
    ['a file cut between chunks', png.subarray(0, HEADER_END), /end chunk/],
    ['a length beyond the end', withByte(png, HEADER_END, 0x7f), /goes beyond/],
    ['a header of another length', withByte(png, 11, 12), /header chunk/],
    ['a wrong checksum', withByte(png, 20, 9), /checksum of its IHDR/],
    ['a chunk without a name', withByte(png, HEADER_END + 4, 0), /no name/],
    ['a damaged packed text', insert(['zTXt', Uint8Array.of(122, 0, 0, 1, 2, 3)]), /packed text/],
  ])('refuses %s', (_, bytes, reason) => {
    expect(() => readPngText(bytes)).toThrow(PngError)
    expect(() => readPngText(bytes)).toThrow(reason)
  })

  it('refuses packed texts of more than 64 MB together', () => {
    const half = deflateSync(Buffer.alloc(40 * 2 ** 20))
    const bomb = (keyword: string): Chunk => ['zTXt', Buffer.concat([Buffer.from(`${keyword}\0\0`), half])]
    expect(readPngText(insert(bomb('a'), bomb('a'))).size).toBe(1)
    expect(() => readPngText(insert(bomb('a'), bomb('b')))).toThrow(/64 MB/)
  })

  it('gives texts or a PngError for anything', () => {
    const type = fc.constantFrom('tEXt', 'zTXt', 'iTXt', 'comf', 'abCd')
    const data = fc
      .uint8Array({ maxLength: 40 })
      .map((bytes) => bytes.map((byte) => (byte % 3 === 0 ? 0 : byte)))
    const edit = fc.record({ at: fc.nat(200), byte: fc.nat(255), cut: fc.option(fc.nat(200)) })
    fc.assert(
      fc.property(fc.array(fc.tuple(type, data), { maxLength: 4 }), fc.option(edit), (chunks, change) => {
        const whole = Uint8Array.from(insert(...chunks))
        if (change !== null && change.at < whole.length) whole[change.at] = change.byte
        const outcome = attempt(() => readPngText(whole.subarray(0, change?.cut ?? whole.length)))
        expect(outcome instanceof Map || outcome instanceof PngError).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})

type Chunk = readonly [type: string, data: Uint8Array]

function insert(...chunks: readonly Chunk[]): Uint8Array {
  const made = chunks.map(([type, data]) => pngChunk(type, data))
  return Buffer.concat([png.subarray(0, HEADER_END), ...made, png.subarray(HEADER_END)])
}

function withByte(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy[at] = value
  return copy
}

function attempt(read: () => unknown): unknown {
  try {
    return read()
  } catch (error) {
    return error
  }
}
