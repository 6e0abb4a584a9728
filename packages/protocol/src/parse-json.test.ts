import { describe, expect, it } from 'vitest'
import { HostError, JsonFloat, parseJson, stringifyJson } from './index.ts'

describe('parseJson', () => {
  it.each([
    '18446744073709551615',
    '-9223372036854775808',
    '9007199254740993',
    '[5,5.0,1e3,-0,-0.0,0.1,1e400,12345.5]',
  ])('writes %s as it was read', (text) => {
    expect(stringifyJson(parseJson(text, { keepFloats: true }))).toBe(text)
  })

  it('gives plain numbers where a number says it all', () => {
    expect(parseJson('[1,0.5,1e-7,9007199254740991,9007199254740992]')).toEqual([
      1,
      0.5,
      1e-7,
      9007199254740991,
      9007199254740992n,
    ])
    expect(parseJson('[5.0,1e3]')).toEqual([5, 1000])
    expect(parseJson('5.0', { keepFloats: true })).toEqual(new JsonFloat('5.0'))
    expect(JSON.stringify([new JsonFloat('5.0')])).toBe('[5]')
  })

  it('reads NaN and Infinity, which ComfyUI writes, as null, but not inside texts', () => {
    expect(parseJson('{"a":NaN,"b":[-Infinity],"c":"NaN \\"Infinity"}')).toEqual({
      a: null,
      b: [null],
      c: 'NaN "Infinity',
    })
  })

  it('keeps keys that name something of Object.prototype', () => {
    const value = parseJson('{"__proto__":{"a":1},"constructor":2}')
    expect(Object.keys(value as object)).toEqual(['__proto__', 'constructor'])
    expect(stringifyJson(value)).toBe('{"__proto__":{"a":1},"constructor":2}')
  })

  it.each(['', '{', '{"a":}', '[1,]', 'nul', '"\\x"', '{"a":1}x', '01', '\u0000'])(
    'says where %j stops being JSON',
    (text) => {
      expect(() => parseJson(text)).toThrowError(expect.objectContaining({ code: 'NOT_JSON' }))
    },
  )

  it('shows the place', () => {
    expect(() => parseJson('{\n  "a": ?\n}')).toThrowError(/Unexpected token '\?'/)
    expect(() => parseJson(`{\n"a": [1,\n2 3]}`)).toThrowError(/line 3, column 3|line 3 column 3/)
  })

  it('refuses what nests too deeply, without using the stack', () => {
    const nested = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
    expect(() => parseJson(nested)).toThrowError(HostError)
    expect(() => parseJson(nested)).toThrowError(/200000 levels/)
    expect(() => parseJson('[[[1]]]', { maxDepth: 2 })).toThrowError(/3 levels/)
    expect(parseJson(`"${'['.repeat(1000)}"`)).toBe('['.repeat(1000))
  })
})
