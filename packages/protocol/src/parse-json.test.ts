import { describe, expect, it } from 'vitest'
import { HostError, indentOf, JsonFloat, keysOf, parseJson, stringifyJson } from './index.ts'

describe('parseJson', () => {
  it.each([
    '18446744073709551615',
    '-9223372036854775808',
    '9007199254740993',
    '[5,5.0,1e3,-0,-0.0,0.1,1e400,12345.5]',
    '[0.10,1e-05,1E5,0.30000000000000004,1.0e-7]',
    '{"b":1,"10":{"2":0,"1":[{"5":1,"4":2}]},"2":"\\"7\\":"}',
    `[${'9'.repeat(5000)}]`,
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

  it('reads a text of many megabytes with a bare word in it', () => {
    expect(parseJson(`["${'x'.repeat(20_000_000)}",NaN]`)).toEqual([expect.any(String), null])
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

  it('knows keys of digits that are written with escapes', () => {
    expect(stringifyJson(parseJson('{"b":1,"\\u0034":2}'))).toBe('{"b":1,"4":2}')
  })

  it('takes the last of two equal keys, in the place of the first', () => {
    expect(stringifyJson(parseJson('{"b":{"2":1,"1":1},"9":0,"b":{"4":1,"3":1}}'))).toBe(
      '{"b":{"4":1,"3":1},"9":0}',
    )
  })

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

describe('stringifyJson', () => {
  it.each([0, 1, 2, '\t'])('writes like JSON.stringify with the indent %j', (indent) => {
    const value = { a: [], b: {}, c: [1, { d: 'x\n"' }, [null, true]], e: undefined, 0: 'zero' }
    expect(stringifyJson(value as never, indent)).toBe(JSON.stringify(value, undefined, indent))
    expect(indentOf(stringifyJson(value as never, indent))).toBe(
      indent === 0 ? undefined : typeof indent === 'string' ? indent : ' '.repeat(indent),
    )
  })

  it('writes what is no JSON as JSON.stringify does', () => {
    const value = [undefined, Number.NaN, new Date(0), () => 1, new Map()]
    expect(stringifyJson(value as never)).toBe(JSON.stringify(value))
  })

  it('keeps the order of keys only while the keys are the same', () => {
    const value = parseJson('{"b":1,"2":2,"1":3}') as Record<string, number>
    expect(keysOf(value)).toEqual(['b', '2', '1'])
    expect(keysOf({ ...value, c: 4 })).toEqual(['1', '2', 'b', 'c'])
    value['0'] = 0
    expect(keysOf(value)).toEqual(['0', '1', '2', 'b'])
  })
})
