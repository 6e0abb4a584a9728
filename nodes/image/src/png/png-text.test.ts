import { deflateSync } from 'node:zlib'
import { floatTensor } from '@dicache/tensor'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { encodePng } from '../save/encode-png.ts'
import { asciiJson } from './ascii-json.ts'
import { PngError, pngChunk } from './png-chunks.ts'
import { readPngText, withPngText } from './png-text.ts'

const picture = floatTensor(
  [1, 2, 3, 3],
  Float32Array.from({ length: 18 }, (_, n) => n / 17),
)
const png = await encodePng(picture, 4)

describe('text chunks', () => {
  it('come back as they were put in, and the picture stays as it was', async () => {
    const text = asciiJson({ prompt: 'Füchse 🦊', seed: 18446744073709551615n, list: [1, true, null] })
    const tagged = withPngText(png, { prompt: text, workflow: '{}' })
    expect([...readPngText(tagged)]).toEqual([
      ['prompt', text],
      ['workflow', '{}'],
    ])
    const [before, after] = await Promise.all([png, tagged].map((bytes) => sharp(bytes).raw().toBuffer()))
    expect(after).toEqual(before)
  })

  it('are written as Python writes JSON, in ASCII', () => {
    const text = asciiJson({ a: 'é', b: [1, 2], c: { d: 0.5 }, e: 'tab\t' })
    expect(text).toBe('{"a": "\\u00e9", "b": [1, 2], "c": {"d": 0.5}, "e": "tab\\t"}')
    expect(JSON.parse(text)).toEqual({ a: 'é', b: [1, 2], c: { d: 0.5 }, e: 'tab\t' })
  })

  it('are read from zTXt and iTXt, as UTF-8 or else Latin-1', () => {
    const latin = Uint8Array.of(...Buffer.from('k\0caf'), 0xe9)
    const packed = Uint8Array.of(...Buffer.from('z\0\0'), ...deflateSync('packed'))
    const international = Buffer.from('i\0\0\0de\0Wort\0grün')
    const whole = insert(png, [
      ['tEXt', latin],
      ['zTXt', packed],
      ['iTXt', international],
    ])
    expect([...readPngText(whole)]).toEqual([
      ['k', 'café'],
      ['z', 'packed'],
      ['i', 'grün'],
    ])
  })

  it.each([
    ['no PNG', new Uint8Array(20)],
    ['nothing', new Uint8Array()],
    ['cut in a chunk', png.subarray(0, 40)],
    ['a length beyond the end', withByte(png, 8, 0x7f)],
    ['a damaged packed text', insert(png, [['zTXt', Uint8Array.of(122, 0, 0, 1, 2, 3)]])],
  ])('refuse %s', (_, bytes) => {
    expect(() => readPngText(bytes)).toThrow(PngError)
  })

  it('survive 2,000 damaged files: texts or a PngError', () => {
    const tagged = withPngText(png, { prompt: '{"a": 1}' })
    let state = 7
    const random = (below: number): number => {
      state = (state * 1103515245 + 12345) % 2147483648
      return state % below
    }
    for (let n = 0; n < 2000; n += 1) {
      const broken = Uint8Array.from(
        tagged.subarray(0, random(4) === 0 ? random(tagged.length) : tagged.length),
      )
      for (let k = 0; k <= random(4); k += 1) broken[random(Math.max(broken.length, 1))] = random(256)
      const outcome = attempt(() => readPngText(broken))
      expect(outcome instanceof Map || outcome instanceof PngError).toBe(true)
    }
  })
})

function attempt(read: () => unknown): unknown {
  try {
    return read()
  } catch (error) {
    return error
  }
}

function withByte(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy[at] = value
  return copy
}

/** Chunks after the header. */
function insert(bytes: Uint8Array, chunks: readonly (readonly [string, Uint8Array])[]): Uint8Array {
  const made = chunks.map(([type, data]) => pngChunk(type, data))
  return Buffer.concat([bytes.subarray(0, 33), ...made, bytes.subarray(33)])
}
