import { describe, expect, it } from 'vitest'
import type { WeightsErrorCode } from './errors.ts'
import { parseHeader } from './parse-header.ts'
import { errorOf, rawFile } from './test-support.ts'

const F32_PAIR = '"dtype":"F32","shape":[2],"data_offsets":[0,8]'

function parse(header: string, dataBytes: number): ReturnType<typeof parseHeader> {
  const file = rawFile(header, dataBytes)
  return parseHeader(file, file.length, { path: 'dir/x.safetensors', file: 'x.safetensors' })
}

describe('parseHeader, good headers', () => {
  it('gives entries with absolute offsets, in the order of the header', () => {
    const header =
      '{"__metadata__":{"format":"pt","__proto__":"kept"},' +
      '"b":{"dtype":"BF16","shape":[2,3],"data_offsets":[4,16]},"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}  '
    const { metadata, tensors } = parse(header, 16)
    expect(Object.entries(metadata)).toEqual([
      ['format', 'pt'],
      ['__proto__', 'kept'],
    ])
    expect([...tensors.keys()]).toEqual(['b', 'a'])
    const dataStart = 8 + header.length
    expect(tensors.get('b')).toEqual({
      name: 'b',
      dtype: 'BF16',
      shape: [2, 3],
      file: 'x.safetensors',
      byteOffset: dataStart + 4,
      byteLength: 12,
    })
  })

  it.each([
    ['no tensor', '{}', 0, 0],
    ['a scalar', '{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}', 4, 1],
    [
      'empty tensors between others',
      '{"e":{"dtype":"F32","shape":[0,9],"data_offsets":[4,4]},"f":{"dtype":"I8","shape":[5,0],"data_offsets":[4,4]},' +
        '"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"I8","shape":[1],"data_offsets":[4,5]}}',
      5,
      4,
    ],
    ['packed types of whole bytes', '{"a":{"dtype":"F4","shape":[3,2],"data_offsets":[0,3]}}', 3, 1],
    ['unknown fields', `{"a":{${F32_PAIR},"note":{"x":[1.5e3,null,true,"\\u00e9"]}}}`, 8, 1],
    ['space everywhere', ` { "a" : {\n${F32_PAIR}\t} } `, 8, 1],
  ])('reads %s', (_, header, dataBytes, count) => {
    expect(parse(header, dataBytes).tensors.size).toBe(count)
  })

  it('unescapes names', () => {
    expect([...parse(`{"a\\"\\u00e9\\\\":{${F32_PAIR}}}`, 8).tensors.keys()]).toEqual(['a"é\\'])
  })

  it('keeps a tensor called __proto__', () => {
    expect(parse(`{"__proto__":{${F32_PAIR}}}`, 8).tensors.get('__proto__')?.byteLength).toBe(8)
  })
})

const deep = `{"a":{${F32_PAIR},"x":${'['.repeat(100_000)}`

describe('parseHeader, malformed headers', () => {
  it.each<[string, WeightsErrorCode, string, number, string?]>([
    ['no JSON', 'BAD_HEADER', 'nonsense', 0],
    ['no object', 'BAD_HEADER', '[]', 0],
    ['an unfinished object', 'BAD_HEADER', '{"a":', 0, 'a'],
    ['text after the object', 'BAD_HEADER', '{}x', 0],
    ['a trailing comma', 'BAD_HEADER', `{"a":{${F32_PAIR}},}`, 8],
    ['an unfinished name', 'BAD_HEADER', '{"a', 0],
    ['a bad escape', 'BAD_HEADER', `{"\\x":{${F32_PAIR}}}`, 8],
    ['half a surrogate pair', 'BAD_HEADER', `{"\\ud800":{${F32_PAIR}}}`, 8],
    ['a raw control character', 'BAD_HEADER', `{"a\nb":{${F32_PAIR}}}`, 8],
    ['deep nesting', 'BAD_HEADER', deep, 8, 'a'],
    ['a duplicate tensor', 'BAD_HEADER', `{"a":{${F32_PAIR}},"a":{${F32_PAIR}}}`, 8],
    ['a duplicate field', 'BAD_HEADER', `{"a":{${F32_PAIR},"shape":[2]}}`, 8, 'a'],
    ['metadata that is no object', 'BAD_HEADER', '{"__metadata__":"x"}', 0],
    ['metadata that is no text', 'BAD_HEADER', '{"__metadata__":{"step":1}}', 0],
    ['a tensor that is no object', 'BAD_HEADER', '{"a":[]}', 0, 'a'],
    ['a missing field', 'BAD_HEADER', '{"a":{"dtype":"F32","shape":[2]}}', 0, 'a'],
    ['one offset', 'BAD_HEADER', '{"a":{"dtype":"F32","shape":[2],"data_offsets":[8]}}', 8, 'a'],
    ['three offsets', 'BAD_HEADER', '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}', 8, 'a'],
    ['a dtype that is no text', 'BAD_HEADER', '{"a":{"dtype":1,"shape":[2],"data_offsets":[0,8]}}', 8, 'a'],
    ['a negative extent', 'BAD_HEADER', '{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}', 8, 'a'],
    ['a fractional extent', 'BAD_HEADER', '{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}', 8, 'a'],
    ['an exponent', 'BAD_HEADER', '{"a":{"dtype":"F32","shape":[2e0],"data_offsets":[0,8]}}', 8, 'a'],
    ['a leading zero', 'BAD_HEADER', '{"a":{"dtype":"F32","shape":[02],"data_offsets":[0,8]}}', 8, 'a'],
    [
      'an extent of 2^60',
      'BAD_HEADER',
      `{"a":{"dtype":"F32","shape":[${2n ** 60n}],"data_offsets":[0,8]}}`,
      8,
      'a',
    ],
    [
      '65 dimensions',
      'BAD_HEADER',
      `{"a":{"dtype":"U8","shape":[${'1,'.repeat(64)}1],"data_offsets":[0,1]}}`,
      1,
      'a',
    ],
    ['an unknown dtype', 'WRONG_DTYPE', '{"a":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}}', 8, 'a'],
    [
      'a dtype of Object',
      'WRONG_DTYPE',
      '{"a":{"dtype":"toString","shape":[2],"data_offsets":[0,8]}}',
      8,
      'a',
    ],
    [
      'a shape of other bytes',
      'WRONG_SHAPE',
      '{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}',
      8,
      'a',
    ],
    ['half a byte', 'WRONG_SHAPE', '{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}', 2, 'a'],
    [
      'an overflowing shape',
      'WRONG_SHAPE',
      `{"a":{"dtype":"F32","shape":[${`${2 ** 50},`.repeat(59)}1],"data_offsets":[0,8]}}`,
      8,
      'a',
    ],
    ['reversed offsets', 'BAD_OFFSETS', '{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}', 8, 'a'],
    ['a hole at the start', 'BAD_OFFSETS', '{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}', 8, 'a'],
    [
      'a hole between',
      'BAD_OFFSETS',
      '{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[3,5]}}',
      5,
      'b',
    ],
    ['bytes after the last tensor', 'BAD_OFFSETS', `{"a":{${F32_PAIR}}}`, 9],
    [
      'overlapping tensors',
      'OVERLAPPING_OFFSETS',
      '{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[2],"data_offsets":[3,5]}}',
      5,
      'b',
    ],
    ['two names for the same bytes', 'OVERLAPPING_OFFSETS', `{"a":{${F32_PAIR}},"b":{${F32_PAIR}}}`, 8, 'b'],
    [
      'an empty tensor inside another',
      'OVERLAPPING_OFFSETS',
      `{"a":{${F32_PAIR}},"b":{"dtype":"F32","shape":[0],"data_offsets":[4,4]}}`,
      8,
      'b',
    ],
    ['missing data', 'TRUNCATED_FILE', `{"a":{${F32_PAIR}}}`, 7],
    [
      'a tensor of terabytes',
      'TRUNCATED_FILE',
      `{"a":{"dtype":"U8","shape":[${2 ** 45}],"data_offsets":[0,${2 ** 45}]}}`,
      8,
    ],
  ])('refuses %s as %s', async (...[, code, header, dataBytes, key]) => {
    const error = await errorOf(() => parse(header, dataBytes))
    expect([error.code, error.key]).toEqual([code, key])
    expect(error.message).toContain('dir/x.safetensors')
    expect(error.message.length).toBeLessThan(2_000)
  })

  it('refuses bytes that are no UTF-8, and a byte order mark', async () => {
    const invalid = rawFile('{"ab":1}')
    invalid[10] = 0xff
    expect((await errorOf(() => parseHeader(invalid, invalid.length))).code).toBe('BAD_HEADER')
    const marked = rawFile('\ufeff{}')
    expect((await errorOf(() => parseHeader(marked, marked.length))).code).toBe('BAD_HEADER')
  })

  it('refuses more members in one object than any model has', async () => {
    const members = Array.from({ length: 500_001 }, (_, index) => `"${index}":"x"`)
    const error = await errorOf(() => parse(`{"__metadata__":{${members.join(',')}}}`, 0))
    expect(error.code).toBe('BAD_HEADER')
    expect(error.message).toContain('more than 500000')
  })
})

describe('parseHeader, lengths', () => {
  function withLength(length: bigint, size = 16): Uint8Array {
    const bytes = new Uint8Array(size)
    new DataView(bytes.buffer).setBigUint64(0, length, true)
    return bytes
  }

  it.each<[string, WeightsErrorCode, Uint8Array]>([
    ['an empty file', 'TRUNCATED_FILE', new Uint8Array()],
    ['seven bytes', 'TRUNCATED_FILE', new Uint8Array(7)],
    ['a header beyond the file', 'TRUNCATED_FILE', withLength(9n)],
    ['a header of exactly 100 MB in a small file', 'TRUNCATED_FILE', withLength(100_000_000n)],
    ['a header above 100 MB', 'HEADER_TOO_LARGE', withLength(100_000_001n)],
    ['a header of 2^64 − 1', 'HEADER_TOO_LARGE', withLength(2n ** 64n - 1n)],
    ['a header of no bytes', 'BAD_HEADER', withLength(0n, 8)],
  ])('refuses %s as %s', async (_, code, bytes) => {
    expect((await errorOf(() => parseHeader(bytes, bytes.length))).code).toBe(code)
  })
})
