import { parseJson } from '@dicache/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { goldenFacts, goldenPath } from '../testing/golden-case.ts'
import { readFile } from 'node:fs/promises'
import { asciiJson } from './ascii-json.ts'
import { readPngText } from './png-text.ts'

const exact = (text: string): string => asciiJson(parseJson(text, { keepFloats: true }))

describe('asciiJson', () => {
  // Each right side is what Python 3.11 prints for json.dumps(json.loads(left side)).
  it.each([
    ['[5,5.0,5.50]', '[5, 5.0, 5.5]'],
    ['[1e3,1e16,123456789012345680.0,1e22]', '[1000.0, 1e+16, 1.2345678901234568e+17, 1e+22]'],
    ['[0.0001,0.00001,1.5E-7]', '[0.0001, 1e-05, 1.5e-07]'],
    ['[-0,-0.0,-1.25]', '[0, -0.0, -1.25]'],
    ['[18446744073709551615,9007199254740993,-1]', '[18446744073709551615, 9007199254740993, -1]'],
    ['[1e400,-1e400]', '[Infinity, -Infinity]'],
    [
      '"\\u007f\\u2028\\u00e9\\ud83e\\udd8a\\"\\\\\\/\\b\\f\\u0001~"',
      '"\\u007f\\u2028\\u00e9\\ud83e\\udd8a\\"\\\\/\\b\\f\\u0001~"',
    ],
    [
      '{"a":{},"b":[],"c":[null,true,false],"é":1}',
      '{"a": {}, "b": [], "c": [null, true, false], "\\u00e9": 1}',
    ],
    ['{"source":"5.0","value":1}', '{"source": "5.0", "value": 1}'],
  ])('writes %s as Python does', (text, python) => {
    expect(exact(text)).toBe(python)
  })

  it('writes the texts of the reference files byte by byte', async () => {
    const { metadata } = (await goldenFacts('image-files')) as { metadata: Record<string, string> }
    for (const name of ['rgb.png', 'rgba.png', 'p.png']) {
      const texts = readPngText(await readFile(goldenPath(`image-files/${name}`)))
      for (const keyword of ['prompt', 'workflow']) {
        expect(texts.get(keyword)).toBe(metadata[keyword])
        expect(exact(texts.get(keyword) ?? '')).toBe(metadata[keyword])
      }
    }
  })

  it('loses nothing, and stays in printable ASCII', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const text = asciiJson(value as Parameters<typeof asciiJson>[0])
        expect(text).toMatch(/^[ -~]*$/)
        expect(JSON.parse(text)).toEqual(value)
      }),
    )
  })
})
